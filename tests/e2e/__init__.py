"""The whole loop on the real processes: Rasa with a trained model, the action server, the service."""
