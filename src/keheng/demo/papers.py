"""Documents of the demo's customers with their expiries, and a few real files and pictures (A1)."""

import io
from datetime import timedelta

import numpy as np
import polars as pl
from django.core.files.base import ContentFile
from django.db.backends.utils import CursorWrapper
from PIL import Image, ImageDraw

from keheng.common.copying import copy_frame
from keheng.customers.enums import CustomerKind, DocumentKind
from keheng.customers.models import Customer, Document
from keheng.customers.operations.documents import add_document
from keheng.demo.dossiers import owned_companies
from keheng.demo.plan import Plan, pick
from keheng.files.models import Piece, StoredFile, Thumbnail
from keheng.org.queries import system_actor

TABLES = [model._meta.db_table for model in (Document, StoredFile, Piece, Thumbnail)]
_PICTURED = 12
_SKIES = ("#cfe3f5", "#e8eef5", "#f3e9dc", "#dfeee6")
_WALLS = ("#b9433a", "#2f6fde", "#1a7f5a", "#8a6200", "#5a4fb0")


def write_papers(cursor: CursorWrapper, plan: Plan) -> None:
    """Write what lies in the files of customers with an owner by one COPY, and hand in some pictures."""
    random = plan.random("papers")
    people, companies = _owned_people(cursor), owned_companies(cursor).select("customer_id", "owner_id")
    kinds = [
        (people, DocumentKind.IDENTITY, 3_650),
        (people.gather_every(3), DocumentKind.ASSESSMENT, 365),
        (people.gather_every(9), DocumentKind.INCOME, 0),
        (companies, DocumentKind.LICENCE, 5_475),
        (companies, DocumentKind.REPRESENTATIVE, 3_650),
        (companies.gather_every(2), DocumentKind.ARTICLES, 0),
        (companies.gather_every(3), DocumentKind.CONTRACT, 1_095),
        (_private(cursor), DocumentKind.PRIVATE_BANKING, 0),
    ]
    frames = [_documents(plan, random, holders, kind, days) for holders, kind, days in kinds if not holders.is_empty()]
    if frames:
        copy_frame(cursor, Document._meta.db_table, pl.concat(frames))
    _pictures(plan)


def _owned_people(cursor: CursorWrapper) -> pl.DataFrame:
    cursor.execute(
        "select id, owner_id from customers_customer"
        " where kind = 'person' and status <> 'closed' and owner_id is not null order by id"
    )
    return pl.DataFrame(cursor.fetchall(), schema={"customer_id": pl.Int64, "owner_id": pl.Int64}, orient="row")


def _private(cursor: CursorWrapper) -> pl.DataFrame:
    """Of the highest tier who has signed: all but one in eight."""
    cursor.execute(
        "select id, owner_id from customers_customer where kind = 'person' and status <> 'closed'"
        " and owner_id is not null and tier = 'T5' and id % 8 <> 3 order by id"
    )
    return pl.DataFrame(cursor.fetchall(), schema={"customer_id": pl.Int64, "owner_id": pl.Int64}, orient="row")


def _documents(
    plan: Plan, random: np.random.Generator, holders: pl.DataFrame, kind: DocumentKind, days: int
) -> pl.DataFrame:
    """A document each; of those that expire a few have expired and a few will within three months."""
    count = holders.height
    left = np.where(
        random.random(count) < 0.06, random.integers(-60, 95, count), random.integers(95, max(days, 96), count)
    )
    issued = left - days if days else -random.integers(30, 900, count)
    today = np.datetime64(plan.today, "D")
    expires = pl.Series(today + left.astype("timedelta64[D]"))
    return holders.select(
        "customer_id",
        kind=pl.lit(kind.value),
        title=pl.lit(""),
        copies=pl.Series(1 + pick(random, [6, 3, 1], count)).cast(pl.Int16),
        issued_on=pl.Series(today + issued.astype("timedelta64[D]")),
        expires_on=expires if days else pl.lit(None, pl.Date),
        note=pl.lit(""),
        version=pl.lit(1, pl.Int16),
        added_by_id=pl.col("owner_id"),
        added_at=pl.lit(plan.at),
    )


def _pictures(plan: Plan) -> None:
    """A shop picture and a photo for the wealthiest customers that somebody looks after, handed in as by a person."""
    random, actor = plan.random("pictures"), system_actor()
    for kind in CustomerKind:
        owned = Customer.objects.filter(kind=kind, owner__isnull=False, status="active").order_by("-aum", "-pk")
        for place, customer in enumerate(owned[:_PICTURED]):
            drawn = [(DocumentKind.SHOP, _shop(random))]
            if kind == CustomerKind.PERSON:
                drawn = [(DocumentKind.PHOTO, _portrait(random)), *(drawn if place % 2 else [])]
            for topic, picture in drawn:
                add_document(
                    customer=customer,
                    kind=topic,
                    upload=ContentFile(_jpeg(picture), name="photo.jpg"),
                    actor=actor,
                    at=plan.at - timedelta(days=int(random.integers(10, 400))),
                )


def _shop(random: np.random.Generator) -> Image.Image:
    """A shop front: sky, wall, sign, window, door."""
    picture = Image.new("RGB", (960, 640), _SKIES[int(random.integers(len(_SKIES)))])
    draw, wall = ImageDraw.Draw(picture), _WALLS[int(random.integers(len(_WALLS)))]
    draw.rectangle((90, 150, 870, 600), fill="#efe6da")
    draw.rectangle((90, 150, 870, 260), fill=wall)
    draw.rectangle((300, 185, 660, 225), fill="#fff6d6")
    draw.rectangle((130, 300, 520, 540), fill="#9cc3e6", outline="#5c6b7a", width=6)
    draw.line((325, 300, 325, 540), fill="#5c6b7a", width=6)
    draw.rectangle((600, 300, 790, 600), fill="#6b4f3a")
    draw.rectangle((0, 600, 960, 640), fill="#8a8f98")
    return picture


def _portrait(random: np.random.Generator) -> Image.Image:
    """A head and shoulders before a plain ground, nobody's."""
    picture = Image.new("RGB", (600, 600), _SKIES[int(random.integers(len(_SKIES)))])
    draw, coat = ImageDraw.Draw(picture), _WALLS[int(random.integers(len(_WALLS)))]
    draw.ellipse((60, 430, 540, 900), fill=coat)
    draw.rectangle((255, 360, 345, 470), fill="#e3b999")
    draw.ellipse((190, 130, 410, 410), fill="#efc9ab")
    draw.pieslice((175, 105, 425, 390), 180, 360, fill="#2b2320")
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()
