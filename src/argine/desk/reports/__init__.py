"""What an operator owes the public and authorities about a period: made from the cases when it is asked for."""
