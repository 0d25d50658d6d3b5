"""Personal WeChat through its official bot (iLink, ClawBot): the owner's own assistant, no shop."""
