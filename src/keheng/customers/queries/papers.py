"""The forms that complete an archive, with what a page needs to show them."""

from dataclasses import dataclass

from keheng.customers.models import Customer, LossFile, PushFeedback


@dataclass(frozen=True)
class Papers:
    """The feedback on pushed reports and the files of the loss of a customer, the newest first."""

    feedback: list[PushFeedback]
    losses: list[LossFile]

    @property
    def open_loss(self) -> LossFile | None:
        """The file of a customer who has not been won back."""
        return next((file for file in self.losses if file.won_back_on is None), None)


def papers_of(customer: Customer) -> Papers:
    """Three queries, whatever there is."""
    losses = LossFile.objects.filter(customer=customer).select_related("server", "changed_by")
    return Papers(
        list(PushFeedback.objects.filter(customer=customer).select_related("changed_by")),
        list(losses.prefetch_related("contacts__staff")),
    )
