"""The sandbox around moto: judges, records, breaks on demand and repairs what moto answers."""
