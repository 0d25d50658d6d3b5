"""What the platforms of the WeChat family share: cipher, XML, transport, tokens, error words."""
