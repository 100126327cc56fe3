from tests.messages import letters

__all__ = ["letters"]
