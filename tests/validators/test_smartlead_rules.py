"""What Smartlead's pages say of a payload, row by row, and the edges of each limit."""

import pytest
from stepmock.contracts.model import PROFILES
from stepmock.validators import check
from stepmock.validators.context import Context

BOTH = pytest.mark.parametrize("profile", PROFILES)


def step(number=1, delay=0, **fields):
    return {
        "seq_number": number,
        "subject": "Hello",
        "email_body": "<p>Hello</p>",
        "seq_delay_details": {"delay_in_days": delay},
        **fields,
    }


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


def variant(label="A", **fields):
    return {"subject": "Hello", "email_body": "<p>Hello</p>", "variant_label": label, **fields}


def save(*steps, profile="documented", context=None):
    """Return code, severity and pointer of what is found in sequences."""
    found = check("smartlead", "saveSequences", {"sequences": list(steps)}, profile=profile, context=context)
    return [(item.code, item.severity, item.pointer) for item in found]


def errors(*steps, profile="documented"):
    return [(code, pointer) for code, severity, pointer in save(*steps, profile=profile) if severity == "error"]


# Save Campaign Sequences, Request Body


@BOTH
def test_sequences_are_required(profile):
    [found] = check("smartlead", "saveSequences", {}, profile=profile)
    assert (found.code, found.pointer) == ("SML010", "/sequences")


@BOTH
@pytest.mark.parametrize("value", [None, {}, "text", 1, True])
def test_sequences_are_an_array(profile, value):
    [found] = check("smartlead", "saveSequences", {"sequences": value}, profile=profile)
    assert (found.code, found.pointer) == ("SML011", "/sequences")


@BOTH
def test_an_empty_array_is_right(profile):
    assert save(profile=profile) == []


@BOTH
def test_the_singular_key_is_refused(profile):
    found = check("smartlead", "saveSequences", {"sequence": []}, profile=profile)
    assert [item.code for item in found] == ["SML010", "SML060"]


@BOTH
@pytest.mark.parametrize(
    ("name", "code"), [("seq_number", "SML020"), ("seq_delay_details", "SML021"), ("email_body", "SML030")]
)
def test_each_sequence_needs_a_number_a_body_and_a_delay(profile, name, code):
    assert errors(without(step(), name), profile=profile) == [(code, f"/sequences/0/{name}")]


@BOTH
def test_the_delay_details_need_a_delay(profile):
    assert errors(step(seq_delay_details={}), profile=profile) == [
        ("SML021", "/sequences/0/seq_delay_details/delay_in_days")
    ]


@BOTH
@pytest.mark.parametrize("delay", [0, 1, 365, 365.0, 1.5])
def test_a_delay_of_0_to_365_days_is_right(profile, delay):
    assert errors(step(delay=delay), profile=profile) == []


@BOTH
@pytest.mark.parametrize("delay", [-1, 366, -0.1, 365.1, 10**30])
def test_any_other_delay_is_refused(profile, delay):
    assert errors(step(delay=delay), profile=profile) == [("SML022", "/sequences/0/seq_delay_details/delay_in_days")]


@BOTH
@pytest.mark.parametrize("delay", ["1", None, True, [1], {}])
def test_a_delay_that_is_no_number_is_told_by_its_type_alone(profile, delay):
    assert errors(step(delay=delay), profile=profile) == [("SML011", "/sequences/0/seq_delay_details/delay_in_days")]


@BOTH
@pytest.mark.parametrize("name", ["delay_in_days", "delayInDays"])
def test_a_flat_delay_is_refused(profile, name):
    assert errors(step(**{name: 1}), profile=profile) == [("SML023", f"/sequences/0/{name}")]


@BOTH
def test_the_delay_under_its_name_in_replies_is_refused(profile):
    assert errors(step(seq_delay_details={"delayInDays": 1}), profile=profile) == [
        ("SML021", "/sequences/0/seq_delay_details/delay_in_days"),
        ("SML023", "/sequences/0/seq_delay_details/delayInDays"),
    ]


@BOTH
@pytest.mark.parametrize(
    "fields", [{}, {"id": None}, {"id": 7}, {"id": 7.0}], ids=["left-out", "null", "integer", "whole"]
)
def test_an_id_is_an_integer_or_null_or_left_out(profile, fields):
    assert save(step(**fields), profile=profile) == []


@BOTH
@pytest.mark.parametrize("name", ["text", "7", 1.5, True, []])
def test_an_id_of_another_type_is_refused(profile, name):
    assert errors(step(id=name), profile=profile) == [("SML011", "/sequences/0/id")]


@BOTH
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seq_number", "1"),
        ("seq_number", 1.5),
        ("subject", None),
        ("subject", 1),
        ("email_body", None),
        ("seq_delay_details", 1),
        ("seq_delay_details", None),
        ("seq_variants", None),
        ("seq_variants", {}),
        ("seq_type", 1),
        ("variant_distribution_type", None),
        ("lead_distribution_percentage", 20.5),
    ],
)
def test_a_field_of_another_type_is_refused(profile, name, value):
    assert errors(step(**{name: value}), profile=profile) == [("SML011", f"/sequences/0/{name}")]


@BOTH
@pytest.mark.parametrize("value", [1, "text", None, []])
def test_an_item_that_is_no_object_is_refused(profile, value):
    assert errors(step(), value, profile=profile) == [("SML011", "/sequences/1")]


@BOTH
def test_a_field_that_nobody_knows_is_refused_wherever_it_stands(profile):
    found = errors(
        step(unheardOf=1, seq_delay_details={"delay_in_days": 0, "unit": "d"}, seq_variants=[variant(size=1)]),
        profile=profile,
    )
    assert found == [
        ("SML060", "/sequences/0/seq_delay_details/unit"),
        ("SML060", "/sequences/0/seq_variants/0/size"),
        ("SML060", "/sequences/0/unheardOf"),
    ]


# The older reference: variants and how leads are shared out among them


@BOTH
@pytest.mark.parametrize("name", ["variants", "sequence_variants"])
def test_variants_under_another_name_are_refused(profile, name):
    assert errors(step(**{name: []}), profile=profile) == [("SML061", f"/sequences/0/{name}")]


@BOTH
def test_the_body_may_be_that_of_the_variants(profile):
    assert save(without(step(seq_variants=[variant()]), "email_body", "subject"), profile=profile) == []
    assert errors(without(step(seq_variants=[]), "email_body"), profile=profile) == [
        ("SML030", "/sequences/0/email_body")
    ]
    assert errors(step(seq_variants=[variant(), without(variant(), "email_body")]), profile=profile) == [
        ("SML030", "/sequences/0/seq_variants/1/email_body")
    ]


@BOTH
@pytest.mark.parametrize("name", ["variant_id", "distribution"])
def test_the_other_names_of_variant_fields_are_a_warning(profile, name):
    assert save(step(seq_variants=[without(variant(), "variant_label") | {name: 1}]), profile=profile) == [
        ("SML084", "warning", f"/sequences/0/seq_variants/0/{name}")
    ]


ENUMS = [
    ("seq_type", ["EMAIL", "MANUAL"], "SML045"),
    ("variant_distribution_type", ["MANUAL_EQUAL"], "SML040"),
    ("winning_metric_property", ["OPEN_RATE", "CLICK_RATE", "REPLY_RATE", "POSITIVE_REPLY_RATE"], "SML041"),
]


@BOTH
@pytest.mark.parametrize(("name", "values", "code"), ENUMS)
def test_an_enumeration_takes_its_words_and_no_other(profile, name, values, code):
    for value in values:
        assert save(step(**{name: value}), profile=profile) == []
    for value in ("", values[0].lower(), "OTHER"):
        assert errors(step(**{name: value}), profile=profile) == [(code, f"/sequences/0/{name}")]


@BOTH
def test_the_percentages_of_the_first_variants_add_up_to_100(profile):
    def shared(*shares):
        variants = [variant(str(place), variant_distribution_percentage=share) for place, share in enumerate(shares)]
        return errors(step(variant_distribution_type="MANUAL_PERCENTAGE", seq_variants=variants), profile=profile)

    refused = [("SML044", "/sequences/0/seq_variants")]
    for right in ([100], [50, 50], [50, 50, 0, 0], [33.3, 33.3, 33.4], [10] * 10, [50, 50, 30]):
        assert shared(*right) == []
    for wrong in ([99], [50, 40], [60, 60], [0, 0], [5] * 20):
        assert shared(*wrong) == refused


@BOTH
def test_manual_percentage_needs_variants_with_percentages(profile):
    kind = {"variant_distribution_type": "MANUAL_PERCENTAGE"}
    refused = [("SML044", "/sequences/0/seq_variants")]
    assert errors(step(**kind), profile=profile) == refused
    assert errors(step(**kind, seq_variants=[variant()]), profile=profile) == refused


@BOTH
def test_an_enormous_percentage_is_no_crash(profile):
    for share in (10**400, 1e308, -(10**400)):
        variants = [variant(variant_distribution_percentage=share)]
        found = save(step(variant_distribution_type="MANUAL_PERCENTAGE", seq_variants=variants), profile=profile)
        assert [code for code, _, _ in found] == ["SML044", "SML085"]


@BOTH
def test_ai_equal_needs_a_metric_and_a_share_of_at_least_20(profile):
    whole = {"winning_metric_property": "OPEN_RATE", "lead_distribution_percentage": 20}
    kind = {"variant_distribution_type": "AI_EQUAL", "seq_variants": [variant("A"), variant("B")]}
    assert save(step(**kind, **whole), profile=profile) == []
    for name in whole:
        assert errors(step(**kind, **without(whole, name)), profile=profile) == [("SML042", f"/sequences/0/{name}")]
    assert errors(step(**kind, **whole | {"lead_distribution_percentage": 19}), profile=profile) == [
        ("SML043", "/sequences/0/lead_distribution_percentage")
    ]
    assert save(step(lead_distribution_percentage=19), profile=profile) == []


# Overview, and the warnings


@BOTH
@pytest.mark.parametrize("status", ["DRAFTED", "PAUSED", "STOPPED", "COMPLETED", "ARCHIVED"])
def test_sequences_change_while_the_campaign_is_not_active(profile, status):
    assert save(step(), profile=profile, context=Context(parent={"status": status})) == []


@BOTH
def test_sequences_do_not_change_while_the_campaign_is_active(profile):
    found = save(step(), profile=profile, context=Context(parent={"status": "ACTIVE"}))
    assert found == [("SML070", "error", "")]


@BOTH
@pytest.mark.parametrize("subject", [{}, {"subject": ""}, {"subject": " "}])
def test_a_follow_up_without_a_subject_is_a_reply_and_a_first_email_without_one_is_a_warning(profile, subject):
    blank = without(step(), "subject") | subject
    assert save(step(), {**blank, "seq_number": 2, "seq_delay_details": {"delay_in_days": 3}}) == []
    assert save(blank, profile=profile) == [("SML081", "warning", "/sequences/0/subject")]


def test_the_first_email_is_the_one_with_the_lowest_number():
    assert save(step(2, 3, subject=""), step(1)) == []
    assert save(step(2, 3), step(1, subject="")) == [("SML081", "warning", "/sequences/1/subject")]


def test_a_first_email_has_its_subject_in_each_variant():
    blank = without(step(), "subject", "email_body")
    assert save({**blank, "seq_variants": [variant(), variant("B")]}) == []
    assert save({**blank, "seq_variants": [variant(), variant("B", subject="")]}) == [
        ("SML081", "warning", "/sequences/0/subject")
    ]


@pytest.mark.parametrize(
    ("numbers", "flawed"), [([1], []), ([2, 1], []), ([1, 3], [1]), ([1, 1], [1]), ([0], [0]), ([-1, 2], [0])]
)
def test_numbers_count_from_1(numbers, flawed):
    found = save(*(step(number, 3) for number in numbers))
    assert found == [("SML080", "warning", f"/sequences/{place}/seq_number") for place in flawed]


def test_an_empty_body_is_a_warning_unless_variants_have_the_text():
    assert save(step(email_body="")) == [("SML082", "warning", "/sequences/0/email_body")]
    assert save(step(email_body="", seq_variants=[variant()])) == []


def test_an_id_that_the_campaign_does_not_have_is_a_warning():
    context = Context(find=lambda kind, name: {} if (kind, name) in (("sequences", "7"), ("variants", "8")) else None)
    assert save(step(id=7, seq_variants=[variant(id=8)]), context=context) == []
    assert save(step(id=8, seq_variants=[variant(id=7)]), context=context) == [
        ("SML083", "warning", "/sequences/0/id"),
        ("SML083", "warning", "/sequences/0/seq_variants/0/id"),
    ]
    assert save(step(id=None, seq_variants=[variant(id=None)]), context=context) == []


# Sequence Best Practices


@pytest.mark.parametrize(("count", "found"), [(124, []), (125, [("SML090", "advice", "/sequences/0/email_body")])])
def test_a_first_email_has_fewer_than_125_words(count, found):
    assert save(step(email_body="word " * count)) == found
    assert save(step(email_body="<p class='a b c'>" + "<b>word</b> " * count + "</p>")) == found
    assert save(step(email_body="{{first_name}} " * count)) == found
    assert save(step(email_body="short"), step(2, 3, email_body="word " * count)) == []


def test_each_variant_of_a_first_email_is_counted():
    assert save(step(seq_variants=[variant(), variant("B", email_body="word " * 125)])) == [
        ("SML090", "advice", "/sequences/0/seq_variants/1/email_body")
    ]


@pytest.mark.parametrize(("delay", "right"), [(2, False), (3, True), (4, True), (5, True), (6, False), (5.5, False)])
def test_between_emails_lie_3_to_5_days(delay, right):
    found = [("SML091", "advice", "/sequences/1/seq_delay_details/delay_in_days")]
    assert save(step(delay=365), step(2, delay)) == ([] if right else found)


# Personalization Variables


@pytest.mark.parametrize(
    "name",
    [
        "first_name",
        "last_name",
        "company_name",
        "website",
        "location",
        "linkedin_profile",
        "job_title",
        "industry",
        " first_name ",
        "first_name|there",
        "company",
        "#if",
        "city",
        "position",
    ],
)
def test_built_in_and_custom_variables_are_right(name):
    assert save(step(subject=f"{{{{{name}}}}}", email_body=f"Hi {{{{{name}}}}}")) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("firstName", "first_name"),
        ("first name", "first_name"),
        ("frist_name", "first_name"),
        ("FIRST_NAME", "first_name"),
        ("companyname", "company_name"),
        ("linkedin_profil", "linkedin_profile"),
    ],
)
def test_a_variable_that_looks_like_a_built_in_one_is_an_advice(name, meant):
    [found] = check("smartlead", "saveSequences", {"sequences": [step(email_body=f"Hi {{{{{name}}}}}")]})
    assert (found.code, found.severity, found.pointer) == ("SML092", "advice", "/sequences/0/email_body")
    assert meant in found.message


@pytest.mark.parametrize("text", ["{{first_name", "first_name}}", "{{ }}"])
def test_a_broken_variable_is_a_warning(text):
    assert save(step(subject=text)) == [("SML087", "warning", "/sequences/0/subject")]


# Campaigns


@BOTH
@pytest.mark.parametrize("payload", [{}, {"name": "N"}, {"client_id": None}, {"name": "", "client_id": 3}])
def test_a_campaign_takes_a_name_and_a_client(profile, payload):
    assert check("smartlead", "createCampaign", payload, profile=profile) == []


@BOTH
@pytest.mark.parametrize("payload", [{"name": None}, {"name": 1}, {"client_id": "3"}, {"client_id": True}])
def test_a_campaign_field_of_another_type_is_refused(profile, payload):
    assert [item.code for item in check("smartlead", "createCampaign", payload, profile=profile)] == ["SML011"]


@BOTH
def test_a_campaign_takes_no_other_field(profile):
    [found] = check("smartlead", "createCampaign", {"timezone": "UTC"}, profile=profile)
    assert (found.code, found.pointer) == ("SML060", "/timezone")


@BOTH
@pytest.mark.parametrize("status", ["ACTIVE", "DRAFTED", "start", "", "COMPLETED"])
def test_a_status_is_start_paused_or_stopped(profile, status):
    assert check("smartlead", "setCampaignStatus", {"status": "START"}, profile=profile) == []
    [found] = check("smartlead", "setCampaignStatus", {"status": status}, profile=profile)
    assert found.code == "SML051"


@BOTH
def test_a_status_is_required(profile):
    assert [item.code for item in check("smartlead", "setCampaignStatus", {}, profile=profile)] == ["SML050"]


@BOTH
def test_a_stopped_campaign_stays_stopped(profile):
    context = Context(parent={"status": "STOPPED"})
    for status, codes in (("START", ["SML052"]), ("PAUSED", ["SML052"]), ("STOPPED", [])):
        found = check("smartlead", "setCampaignStatus", {"status": status}, profile=profile, context=context)
        assert [item.code for item in found] == codes


# The sentences of the live service


@pytest.mark.parametrize(
    ("payload", "message", "key"),
    [
        ([], '"value" must be of type object', ""),
        ({}, '"sequences" is required', "sequences"),
        ({"sequences": 1}, '"sequences" must be an array', "sequences"),
        ({"sequences": [1]}, '"sequences[0]" must be of type object', "sequences.0"),
        ({"sequences": [], "client_id": 1}, '"client_id" is not allowed', "client_id"),
        (
            {"sequences": [without(step(), "seq_number")]},
            '"sequences[0].seq_number" is required',
            "sequences.0.seq_number",
        ),
        ({"sequences": [step(id="x")]}, '"sequences[0].id" must be a number', "sequences.0.id"),
        ({"sequences": [step(id="; 1")]}, '"sequences[0].id" must be a number', "sequences.0.id"),
        ({"sequences": [step(id=True)]}, '"sequences[0].id" must be a number', "sequences.0.id"),
        ({"sequences": [step(id=1.5)]}, '"sequences[0].id" must be an integer', "sequences.0.id"),
        ({"sequences": [step(id=-1.5e-7)]}, '"sequences[0].id" must be an integer', "sequences.0.id"),
        ({"sequences": [step(1.5)]}, '"sequences[0].seq_number" must be an integer', "sequences.0.seq_number"),
        ({"sequences": [step(variants=[])]}, '"sequences[0].variants" is not allowed', "sequences.0.variants"),
        (
            {"sequences": [step(delay=-1)]},
            '"sequences[0].seq_delay_details.delay_in_days" must be larger than or equal to 0',
            "sequences.0.seq_delay_details.delay_in_days",
        ),
        (
            {"sequences": [step(delay=366)]},
            '"sequences[0].seq_delay_details.delay_in_days" must be less than or equal to 365',
            "sequences.0.seq_delay_details.delay_in_days",
        ),
    ],
)
def test_a_field_error_is_said_as_joi_says_it(payload, message, key):
    found = check("smartlead", "saveSequences", payload, profile="observed")[0]
    assert (found.status, found.body) == (
        400,
        {
            "statusCode": 400,
            "error": "Bad Request",
            "message": message,
            "validation": {"source": "body", "keys": [key]},
        },
    )
