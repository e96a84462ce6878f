"""What may be fetched: one file a spider."""
