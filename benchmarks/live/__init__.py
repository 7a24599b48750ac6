"""What an event costs that comes live, and how long it takes to a figure, a metric and a webhook."""
