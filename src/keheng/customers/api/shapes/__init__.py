"""What is sent and answered over HTTP, by topic; the dossier of companies keeps its own."""
