"""What the departments above show on a product's page."""

from accounts.panels import Board

board = Board()
