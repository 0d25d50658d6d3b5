"""WeCom customer service (kf): WeChat users talk to a shop's bot, and to its people in WeCom."""
