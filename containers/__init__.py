"""What runs in docker-compose.yml's containers besides the services themselves: docs/containers.md."""
