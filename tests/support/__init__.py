"""What tests share: the lab and its engines, network namespaces, a proxy that makes an engine fail."""
