"""What beat asks for, and how often. Apps with settings of their own add theirs."""

from datetime import timedelta

# What the broker lost, the sweeps find. A message nobody took in time is dropped: the next one does its work.
SCHEDULE: dict[str, dict[str, object]] = {
    "relay events": {"task": "core.relay_events", "schedule": 2.0, "options": {"expires": 10}},
    "sweep jobs": {"task": "core.sweep_jobs", "schedule": 3.0, "options": {"expires": 10}},
    "forget old answers": {"task": "core.forget_old_answers", "schedule": timedelta(hours=1)},
    "forget what is over": {"task": "core.forget_what_is_over", "schedule": timedelta(hours=6)},
    "end expired credentials": {"task": "partners.end_expired_credentials", "schedule": timedelta(minutes=5)},
    "run due measures": {"task": "merchants.run_due_measures", "schedule": timedelta(minutes=1)},
    "expire unpaid orders": {"task": "orders.expire_unpaid", "schedule": timedelta(minutes=1)},
    "expire unaccepted orders": {"task": "orders.expire_unaccepted", "schedule": timedelta(minutes=1)},
    "remind merchants": {"task": "orders.remind_merchants", "schedule": timedelta(minutes=5)},
    "erase closed merchants": {"task": "merchants.erase_due", "schedule": timedelta(hours=12)},
    "erase buyers": {"task": "orders.erase_buyers", "schedule": timedelta(hours=6)},
    "ask registers again": {
        "task": "merchants.ask_about_due_companies",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 300},
    },
    "forget expired tokens": {"task": "partners.forget_expired_tokens", "schedule": timedelta(hours=1)},
    "move requirements with time": {"task": "merchants.refresh_due", "schedule": timedelta(minutes=10)},
    "refresh all requirements": {"task": "merchants.refresh_all", "schedule": timedelta(hours=12)},
    "remind of requirements": {"task": "merchants.remind_of_requirements", "schedule": timedelta(hours=1)},
    "compare waiting merchants": {"task": "merchants.scrutinize_waiting", "schedule": timedelta(hours=12)},
}
