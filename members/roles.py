"""Which Django permissions a role carries. Whose rows they reach is the scope's matter."""

from .models import Role

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
    "members.issue_code", "members.delete_unitrole", "members.delete_unitsettings", "members.delete_perioddates",
    "emulation.delete_clustermember", "emulation.delete_clusteryear", "reports.delete_indicatorconcern",
}

# Tables common to all units: a change there reaches everybody, so they are kept at the top of the tree.
_COMMON = {
    f"{app}.{action}_{model}"
    for app, model in (("members", "period"), ("reports", "indicator"), ("reports", "indicatorconcern"))
    for action in ("add", "change", "delete")
}


def permissions_of(roles):
    """What somebody who acts in these ``UnitRole``s of one unit may do; nothing without any."""
    granted = set().union(*(PERMISSIONS[role.role] for role in roles))
    at_the_top = any(role.unit.parent_id is None and not role.unit.is_cluster for role in roles)
    return granted if at_the_top else granted - _COMMON


PERMISSIONS = {
    Role.CHI_HOI_TRUONG: _READ | _WRITE,
    Role.THU_KY: _READ | _WRITE | _OFFICE,
    Role.CHU_TICH: _READ | _WRITE | _OFFICE,
    Role.VAN_PHONG: _READ | _WRITE | _OFFICE,
    Role.KIEM_TRA: _READ,
    Role.QUAN_TRI: _READ | _ADMIN,  # keeps users, units and lists; whoever also types figures has a second role
}
