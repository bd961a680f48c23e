"""What the pages of the desk show, gathered in a fixed number of queries."""
