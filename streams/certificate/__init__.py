"""What stands behind a published figure: what was checked of it, and what fault could have stayed unseen."""
