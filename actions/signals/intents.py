"""What each intent of the domain means for the signals. One table per question asked of an intent."""

FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"

TOPIC_OF = {
    "order_status": "order",
    "change_address": "order",
    "cancel_order": "order",
    "delivery_time": "delivery",
    "delivery_problem": "delivery",
    "shipping_fee": "delivery",
    "return_refund": "refund",
    "refund_status": "refund",
    "exchange": "refund",
    "damaged_item": "refund",
    "price_protection": "payment",
    "stock": "product",
    "size_advice": "product",
    "authenticity": "product",
    "warranty": "product",
    "invoice": "invoice",
    "coupon": "payment",
    "payment_methods": "payment",
    "payment_failed": "payment",
    "membership": "membership",
    "login_help": "account",
    "close_account": "account",
    "open_account": "account",
    "card_limit": "banking",
    "transfer": "banking",
    "complaint": "complaint",
    "loan_conditions": "loan",
    "loan_advice": "loan",
    "interest_rate": "loan",
    "loan_precheck": "loan",
    "repayment": "loan",
    "account_anomaly": "fraud",
    "card_lost": "fraud",
}

# Intents that answer, greet or steer, but ask nothing that could be asked again.
ASKS_NOTHING = frozenset(
    {
        "greet",
        "goodbye",
        "thank",
        "request_human",
        "decline_human",
        "give_up_waiting",
        "reject_answer",
        "inform_order_number",
        "affirm",
        "deny",
        "stop_form",
        "send_attachment",
        # Rasa's own
        "restart",
        "session_start",
        "back",
    }
)

# Intents that turn a person at the desk down. They are weighed where they are used.
TURNS_A_PERSON_DOWN = frozenset({"decline_human", "give_up_waiting"})

# Intents that only steer: a guess at one of them outside a form shows nothing.
ONLY_STEERS = frozenset({"reject_answer", "affirm", "deny", "stop_form", "greet", "goodbye", "thank"})

# Questions about one order: asking for another order is another question.
ABOUT_ONE_ORDER = frozenset(
    {
        "order_status",
        "change_address",
        "cancel_order",
        "delivery_time",
        "delivery_problem",
        "return_refund",
        "refund_status",
        "exchange",
        "damaged_item",
        "price_protection",
        "payment_failed",
        "invoice",
    }
)

# Below this the classifier's top intent is just the least unlikely one and shows nothing by itself. It is
# the threshold of FallbackClassifier in config.yml: with a higher one here, the bot would take a customer to
# ask for a person where this code does not.
SURE = 0.2

GUESS = 0.6
"""Below this an intent that no word of the vocabulary bears out is a guess. Of the sentences in
`tests/assistant/nlu_heldout.yml` that the classifier gets right, 3 of 1,230 are; at 0.7 it would be 6."""

# Slots that a form asks for and any words may answer, and those that an amount or a length of time answers.
ANY_WORDS_ANSWER = frozenset({"return_reason", "invoice_title", "tax_number", "invoice_email"})
AMOUNT_OR_TIME_ANSWERS = frozenset({"loan_amount", "loan_months", "monthly_income"})
