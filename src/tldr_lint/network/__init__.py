"""The one door to the network: URLs in, answers out, politely and safely."""
