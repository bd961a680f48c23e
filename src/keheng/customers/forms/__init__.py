"""What people fill in, by topic."""

from keheng.customers.forms.archive import NewCustomerForm

__all__ = ["NewCustomerForm"]
