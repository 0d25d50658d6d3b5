"""The chaos kit: a real shop is killed, cut off and lied to, and must keep its promises."""
