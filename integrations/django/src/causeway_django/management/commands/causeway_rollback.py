from ...command.switch_command import SwitchCommand


class Command(SwitchCommand):
    help = "Goes back to SQLite after a cutover; nothing that was written in PostgreSQL is lost."
    causeway = "rollback"
