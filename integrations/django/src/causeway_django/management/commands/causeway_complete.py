from ...command.pass_through import PassThroughCommand


class Command(PassThroughCommand):
    help = "Ends a live migration after its cutover. There is no way back afterwards."
    causeway = "complete"
    flags = {"dry-run": "say what would be removed; do nothing", "no-backup": "do not back up PostgreSQL first"}
    values = {"brokers": ("LIST", "host:port list of Kafka brokers, to delete the topics")}
