"""WeCom (企业微信), a self-built app: the staff's room, and the customers and groups of members."""
