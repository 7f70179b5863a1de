from tests.messages_server import messages_server

__all__ = ["messages_server"]
