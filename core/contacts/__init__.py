"""People as the shop knows them: shown, found twice, merged, handed over in a file, and erased."""
