"""All operations of lemlist, as requests of the world that samples begin with."""

SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
STEPS = f"/sequences/{SEQUENCE}/steps"
CAMPAIGN = "/campaigns/cam_docs0000000000000"
JSON = {"Content-Type": "application/json"}

WITH_BODY = {
    "addStep": ("POST", STEPS),
    "updateStep": ("PATCH", f"{STEPS}/STEP"),
    "createCampaign": ("POST", "/campaigns"),
    "updateCampaign": ("PATCH", CAMPAIGN),
}
WITHOUT_BODY = {
    "deleteStep": ("DELETE", f"{STEPS}/stp_00000000000000000"),
    "listSequences": ("GET", f"{CAMPAIGN}/sequences"),
    "listCampaigns": ("GET", "/campaigns"),
    "getCampaign": ("GET", CAMPAIGN),
    "startCampaign": ("POST", f"{CAMPAIGN}/start"),
    "pauseCampaign": ("POST", f"{CAMPAIGN}/pause"),
    "getTeam": ("GET", "/team"),
}
EVERY = {**WITH_BODY, **WITHOUT_BODY}
