"""The tests: unit and property are pure, contract and e2e also run on real engines when there is a lab."""
