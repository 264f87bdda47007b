from ...command.pass_through import PassThroughCommand


class Command(PassThroughCommand):
    help = "Shows the migration of this project: phase, rows, quarantine; of a live one also which side is authoritative."
    causeway = "status"
