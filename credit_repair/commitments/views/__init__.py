"""Pages of commitments: for everybody, for the subject's own people, for officials."""
