"""`flask admin`."""

from portal.core.sealing import current_seal
from portal.models import Role
from portal.queries import people
from portal.services import accounts
from tests import factories

PASSWORD = "ikan bakar Panyabungan"


def test_the_first_admin_is_made_by_command(db, run_command):
    done = run_command("admin", "create", "Admin@Contoh.Example", "Yuni Contoh", "--password", PASSWORD)
    assert done.exit_code == 0, done.output
    user = accounts.authenticate("admin@contoh.example", PASSWORD, seal=current_seal())
    assert user is not None
    assert [seat.role for seat in user.memberships] == [Role.ADMIN]
    again = run_command("admin", "create", "admin@contoh.example", "Lain", "--password", PASSWORD)
    assert again.exit_code == 1


def test_a_weak_password_makes_no_admin(db, run_command):
    done = run_command("admin", "create", "a@contoh.example", "A", "--password", "password")
    assert done.exit_code == 1
    assert people.by_email("a@contoh.example") is None


def test_a_password_can_be_set_where_mail_does_not_work(db, run_command):
    user = factories.make_user(Role.TRIAGE)
    db.session.commit()
    assert run_command("admin", "password", user.email, "--password", PASSWORD).exit_code == 0
    assert accounts.authenticate(user.email, PASSWORD, seal=current_seal()) is not None
    assert run_command("admin", "password", "tidak@contoh.example", "--password", PASSWORD).exit_code == 1
