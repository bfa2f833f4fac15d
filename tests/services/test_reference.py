import shutil
from pathlib import Path

from sqlalchemy import func, select

from portal.commands.reference import SHIPPED
from portal.models import Agency, Category, PageVersion, Ward
from portal.services import reference


def test_a_second_load_adds_nothing(db):
    done = reference.load(SHIPPED)
    assert all(count.added == 0 and count.reset == 0 for count in done.values())


def test_every_shipped_category_has_an_agency_to_go_to(db):
    unassigned = db.session.scalars(select(Category.slug).where(Category.agency_id.is_(None))).all()
    assert unassigned == []


def test_every_ward_of_the_city_is_there(db):
    assert db.session.scalar(select(func.count()).select_from(Ward)) == 17


def test_an_edit_of_the_admin_survives_a_load(db):
    agency = db.session.scalars(select(Agency).limit(1)).one()
    agency.phone_public = "0631-123"
    reference.load(SHIPPED)
    assert agency.phone_public == "0631-123"


def test_overwrite_sets_an_edit_back(db):
    agency = db.session.scalars(select(Agency).limit(1)).one()
    name = agency.name_id
    agency.name_id = "Dinas Lain"
    done = reference.load(SHIPPED, overwrite=True)
    assert agency.name_id == name
    assert done["agencies"].reset == 1


def test_a_new_row_raises_the_page_version(db, tmp_path: Path):
    before = db.session.scalar(select(PageVersion.number))
    folder = tmp_path / "city"
    shutil.copytree(SHIPPED, folder)
    with (folder / "institutions.csv").open("a", encoding="utf-8") as file:
        file.write("Balai Uji Coba,Test Bureau\n")
    done = reference.load(folder)
    assert done["institutions"].added == 1
    assert db.session.scalar(select(PageVersion.number)) == before + 1
