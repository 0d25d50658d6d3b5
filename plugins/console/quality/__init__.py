"""Quality inspection: notice and consent, a weekly sample, scores, appeals, averages (S-376)."""
