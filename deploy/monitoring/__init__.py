"""How a process shows its metrics and its health, and what operators make of them: alert rules, runbooks, dashboards."""
