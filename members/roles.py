"""Which Django permissions a role carries. Whose rows they reach is the scope's matter."""

from .models import Level, Role

_READ = {
    "members.view_unit", "members.view_unitversion", "members.view_unitsettings", "members.view_member",
    "members.view_membership", "members.view_memberstatus", "members.view_period", "members.view_perioddates",
    "emulation.view_clusteryear", "emulation.view_clustermember",
    "reports.view_indicator", "reports.view_indicatorconcern", "reports.view_enteredfigure",
    "reports.view_sectionconfirmation", "reports.view_reporttext",
}
_WRITE = {
    "members.add_member", "members.change_member",
    "reports.add_enteredfigure", "reports.change_enteredfigure", "reports.delete_enteredfigure",
    "reports.add_sectionconfirmation", "reports.delete_sectionconfirmation",
    "reports.add_reporttext", "reports.change_reporttext",
}
_OFFICE = {"members.issue_code", "reports.import_figures", "members.change_unitsettings", "members.add_unitsettings"}
_ADMIN = {
    f"{app}.{action}_{model}"
    for app, models in {
        "members": ["unit", "unitsettings", "user", "unitrole", "period", "perioddates"],
        "emulation": ["clusteryear", "clustermember"],
        "reports": ["indicator", "indicatorconcern"],
    }.items()
    for model in models
    for action in ["view", "add", "change"]
} | {
    "members.delete_unitrole", "members.delete_unitsettings", "members.delete_perioddates", "emulation.delete_clustermember",
    "emulation.delete_clusteryear", "reports.delete_indicatorconcern",
}

# Tables common to all units: a change there reaches everybody, so a province's administrator at least.
_COMMON = {
    f"{app}.{action}_{model}"
    for app, model in (("members", "period"), ("reports", "indicator"), ("reports", "indicatorconcern"))
    for action in ("add", "change", "delete")
}


def permissions_of(acting):
    """What somebody acting in a ``UnitRole`` may do; nothing without one."""
    if acting is None:
        return set()
    granted = PERMISSIONS[acting.role]
    return granted if Level(acting.unit.level).rank <= Level.TINH.rank else granted - _COMMON


PERMISSIONS = {
    Role.CHI_HOI_TRUONG: _READ | _WRITE,
    Role.THU_KY: _READ | _WRITE | _OFFICE,
    Role.CHU_TICH: _READ | _WRITE | _OFFICE,
    Role.VAN_PHONG: _READ | _WRITE | _OFFICE,
    Role.KIEM_TRA: _READ,
    Role.QUAN_TRI: _READ | _OFFICE | _ADMIN,
}
