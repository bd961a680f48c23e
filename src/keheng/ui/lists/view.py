"""The list page: one view, one template, its htmx fragments."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from keheng.common import clock
from keheng.ui import operations
from keheng.ui.lists import chips, paging
from keheng.ui.lists.leaving import LeavingRows
from keheng.ui.lists.parts import Tab
from keheng.ui.lists.state import PAGE_SIZES, SEARCH, ListState, asked_for, may_be_personal, sealed
from keheng.ui.lists.tabs import bound_tabs
from keheng.ui.lists.totals import COUNT_LIMIT, QUICK_LIMIT
from keheng.ui.models import SavedView

_TAB_COUNT_LIMIT = 9_999


class ListView(LeavingRows):
    """A list of records: a page with filters, views as tabs, chosen columns, bulk actions, export and print."""

    # -- answering ------------------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        if may_be_personal(request.GET.get(SEARCH, "")):
            return HttpResponseRedirect(f"{request.path}?{sealed(request.GET).urlencode()}")
        match request.GET.get("format"):
            case "xlsx":
                return self._excel(clock.now())
            case "print":
                return self._print(clock.now())
        match request.GET.get("part"):
            case "counts":
                return self._counts()
            case "filter":
                return self._filter_panel(request.GET.get("name", ""))
        htmx: Any = request.htmx  # type: ignore[attr-defined]
        context = self._context()
        if htmx and htmx.target == "list":
            response = render(request, "ui/list.html#list", {**context, "oob": True})
        else:
            response = render(request, self.template_name, context)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Search and filter, keep a view or a choice of columns; then come back to the list."""
        owner_id = self._owner_id
        if request.POST.get("action") == "find":
            return HttpResponseRedirect(f"{request.path}?{sealed(asked_for(request.POST)).urlencode()}")
        back = ListState.of(QueryDict(request.POST.get("query", ""))).query
        match request.POST.get("action"):
            case "save-view":
                try:
                    operations.save_view(
                        owner_id=owner_id, list_key=self.key, name=request.POST.get("name", "").strip(), query=back
                    )
                except ValidationError as error:
                    messages.error(request, " ".join(error.messages))
            case "delete-view" if request.POST.get("view", "").isdecimal():
                operations.delete_view(owner_id=owner_id, list_key=self.key, view_id=int(request.POST["view"]))
                back = ""
            case "columns":
                wanted = request.POST.getlist("column")
                names = [option.name for option in self._column_options if option.name in wanted]
                operations.choose_columns(owner_id=owner_id, list_key=self.key, columns=names)
            case "reset-columns":
                operations.choose_columns(owner_id=owner_id, list_key=self.key, columns=None)
            case _:
                raise BadRequest
        return HttpResponseRedirect(f"{request.path}?{back}" if back else request.path)

    @classmethod
    def selection(cls, request: HttpRequest, **kwargs: Any) -> QuerySet[Any]:
        """The rows that a bulk action was posted for: those ticked, or all that match the list's filters.

        Args:
            kwargs: what the address of the list names, such as the key of an event.
        """
        view = cls()
        view.setup(request, **kwargs)
        if request.POST.get("all") == "1":
            return view._filtered(QueryDict(request.POST.get("query", "")))
        keys = [key for key in request.POST.getlist("pk") if key.isdecimal()]
        return view.get_queryset().filter(pk__in=keys)

    # -- the page -------------------------------------------------------------------------------------------------

    def _context(self) -> dict[str, Any]:
        state, queryset = self._state, self._queryset
        total = self.total(queryset, QUICK_LIMIT)
        number = state.page
        if total.exact:
            number = min(number, max(-(-total.value // state.size), 1))
        keys = paging.page_keys(queryset, self._order, number, state.size)
        page = paging.Page(number, state.size, len(keys), total)
        filterset, tabs = self._filterset, self._tabs(counted=False)
        row, more = ([], []) if filterset is None else chips.chips(filterset, state, self.usual_filters)
        return {
            "list": self,
            "state": state,
            "page": page,
            "total": total,
            "sub_text": self.sub(total),
            "headers": self._headers(),
            "rows": self._rows(self.decorate(paging.in_order(self._page_queryset(), keys))),
            "chips": row,
            "more_chips": more,
            "search": chips.search_field(filterset),
            "problems": [] if filterset is None else chips.problems(filterset),
            "tabs": tabs,
            "can_save": bool(state.query) and not any(tab.active for tab in tabs),
            "columns": self._column_options,
            "sizes": PAGE_SIZES,
            "bulk": self._bulk,
            "may_export": self._may_export,
            "empty": self.empty_state(),
            "sort": self._sort,
        }

    def _counts(self) -> HttpResponse:
        """What is counted once the page is there: the views, sums, and the rows where that took too long before."""
        context: dict[str, Any] = {"tabs": self._tabs(counted=True)}
        sum_text = self.sum_text()
        if sum_text or not self.total(self._queryset, QUICK_LIMIT).exact:
            total = self.total(self._queryset, COUNT_LIMIT)
            told = " · ".join(part for part in (self.sub(total), sum_text) if part)
            context |= {"total": total, "sub_text": told, "oob": True}
        return render(self.request, "ui/list_counts.html", context)

    def _filter_panel(self, name: str) -> HttpResponse:
        """The controls of one filter, loaded when its chip is opened."""
        filterset = self._filterset_of(self.request.GET, name)
        if filterset is None or name not in filterset.filters or name == SEARCH:
            raise Http404
        panel = chips.panel(filterset, name, self.facet(name, self.get_queryset()))
        return render(self.request, "ui/list.html#panel", {"panel": panel})

    # -- views as tabs --------------------------------------------------------------------------------------------

    @cached_property
    def _saved_views(self) -> list[SavedView]:
        return list(SavedView.objects.filter(owner_id=self._owner_id, list_key=self.key))

    def _tabs(self, *, counted: bool) -> list[Tab]:
        views = [
            (str(self.all_label), "", None),
            *((str(preset.label), preset.query, None) for preset in self.preset_views),
            *((view.name, view.query, view.pk) for view in self._saved_views),
        ]
        count_of = self._tab_count if counted else lambda _query: ""
        return bound_tabs(views, self.request.path, self._state.query, count_of)

    def _tab_count(self, query: str) -> str:
        if not query:
            return str(self.total(self._filtered(QueryDict()), COUNT_LIMIT))
        number = self._filtered(QueryDict(query)).order_by()[: _TAB_COUNT_LIMIT + 1].count()
        return f"{number:,}" if number <= _TAB_COUNT_LIMIT else f"{_TAB_COUNT_LIMIT:,}+"
