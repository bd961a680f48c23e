"""The dossier of a company over HTTP: key contacts, cooperation, competitors, projects with health handbook, group."""

from keheng.customers.api.dossier import business, groups, people, projects

__all__ = ["business", "groups", "people", "projects"]
