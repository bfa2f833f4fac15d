"""Words for the line from aspiration to result."""

from flask_babel import lazy_gettext as _l

from portal.models import BudgetStage

MONEY = {
    BudgetStage.PROPOSED: _l("Diusulkan warga"),
    BudgetStage.DRAFT: _l("Dalam rancangan"),
    BudgetStage.ENACTED: _l("Ditetapkan dalam APBD"),
    BudgetStage.REVISED: _l("Setelah perubahan APBD"),
    BudgetStage.CONTRACTED: _l("Sudah dikontrakkan"),
    BudgetStage.PAID: _l("Sudah dibayar"),
}
