from ...command.switch_command import SwitchCommand


class Command(SwitchCommand):
    help = "Switches a live migration to PostgreSQL; the way back stays open."
    causeway = "cutover"
    flags = {**SwitchCommand.flags, "no-backup": "do not back up PostgreSQL once it is the primary"}
