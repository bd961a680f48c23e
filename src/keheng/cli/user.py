"""``keheng user``: the first accounts of a real installation, and the way back in for whoever forgot a password."""

from typing import TYPE_CHECKING, Annotated

import typer

from keheng.cli.session import application
from keheng.runtime.errors import SetupError

if TYPE_CHECKING:
    from keheng.org.models import Branch, Role

app = typer.Typer(help="Accounts of staff.", no_args_is_help=True)

UserName = Annotated[str, typer.Argument(metavar="USERNAME", help="What the person signs in with.")]


@app.command()
def add(
    username: UserName,
    name: Annotated[str, typer.Option(help="The person's name.", prompt=True)],
    role: Annotated[str, typer.Option(help="Code of the role, such as administrator or teller.", prompt=True)],
    branch: Annotated[str, typer.Option(help="Code of the branch; HO is the head office.")] = "HO",
    title: Annotated[str, typer.Option(help="The person's post.")] = "",
) -> None:
    """Make an account and print its temporary password, which must be changed at the first sign-in."""
    with application():
        from keheng.common.clock import now
        from keheng.org.models import Branch, Role
        from keheng.org.operations import add_staff
        from keheng.org.queries import system_actor

        _, password = add_staff(
            username=username,
            name=name,
            branch=_named(Branch, branch),
            role=_named(Role, role),
            title=title,
            actor=system_actor(),
            at=now(),
        )
    typer.echo(f"{username} may sign in with the temporary password {password}")


@app.command("password")
def password_(username: UserName) -> None:
    """Give an account a new temporary password, which ends its sessions and must be changed at the next sign-in."""
    with application():
        from keheng.common.clock import now
        from keheng.org.models import Staff
        from keheng.org.operations import reset_password
        from keheng.org.queries import system_actor

        member = Staff.objects.people().filter(username=username).first()
        if member is None:
            raise SetupError(f"There is no account {username}.", "Make it with `keheng user add`.")
        password = reset_password(member=member, actor=system_actor(), at=now())
    typer.echo(f"{username} may sign in with the temporary password {password}")


def _named[Coded: ("Branch", "Role")](model: type[Coded], code: str) -> Coded:
    found = model.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(model.objects.values_list("code", flat=True))
        raise SetupError(f"There is no {model._meta.verbose_name} {code}.", f"Known are: {known}.")
    return found
