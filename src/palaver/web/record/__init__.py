"""The public record."""
