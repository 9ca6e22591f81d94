"""The tables of lemlist's two pages about steps, as tests need them."""

PICTURE = "https://cdn.example.com/a.png"
FILM = "https://cdn.example.com/a.mp4"

VALUES = {
    "subject": "Hello",
    "message": "Hi",
    "altMessage": "Hey",
    "title": "Call",
    "method": "POST",
    "url": "https://example.com/hook",
    "conditionKey": "emailsOpened",
    "delayType": "waitUntil",
    "campaignId": "cam_ABC123XYZ456",
    "images": [PICTURE],
    "videos": [FILM],
    "skillName": "Sales",
    "endorseAnyFallback": True,
    "recordMode": "ai",
    "index": 0,
    "delay": 3,
}

# type, required fields with the rule that each breaks when it is missing, optional fields
STEP_TYPES = [
    ("email", {"subject": "LEM030", "message": "LEM040"}, ["index", "delay"]),
    ("manual", {"title": "LEM041"}, ["message", "index", "delay"]),
    ("phone", {}, ["message", "index", "delay"]),
    ("api", {"method": "LEM050", "url": "LEM052"}, ["index", "delay"]),
    ("linkedinVisit", {}, ["index", "delay"]),
    ("linkedinInvite", {}, ["message", "images", "videos", "index", "delay"]),
    ("linkedinSend", {"message": "LEM040"}, ["altMessage", "images", "videos", "index", "delay"]),
    ("linkedinVoiceNote", {}, ["index", "delay", "recordMode"]),
    ("linkedinFollow", {}, ["index", "delay"]),
    ("linkedinLikeLastPost", {}, ["index", "delay"]),
    ("linkedinCommentLastPost", {}, ["index", "delay"]),
    ("linkedinEndorse", {}, ["index", "delay", "skillName", "endorseAnyFallback"]),
    ("linkedinWithdrawInvitation", {}, ["index", "delay"]),
    ("sendToAnotherCampaign", {"campaignId": "LEM064"}, ["index", "delay"]),
    ("conditional", {"conditionKey": "LEM060", "delayType": "LEM062"}, ["index"]),
    ("whatsappMessage", {"message": "LEM040"}, ["index", "delay"]),
    ("sms", {"message": "LEM040"}, ["index", "delay"]),
]

TYPES = [name for name, _, _ in STEP_TYPES]

# type, editable fields
EDITABLE = [
    ("email", ["subject", "message", "delay"]),
    ("manual", ["title", "message", "delay"]),
    ("phone", ["message", "delay"]),
    ("api", ["method", "url", "delay"]),
    ("linkedinVisit", ["delay"]),
    ("linkedinInvite", ["message", "images", "videos", "delay"]),
    ("linkedinSend", ["message", "altMessage", "images", "videos", "delay"]),
    ("linkedinVoiceNote", ["delay", "recordMode"]),
    ("linkedinFollow", ["delay"]),
    ("linkedinLikeLastPost", ["delay"]),
    ("linkedinCommentLastPost", ["delay"]),
    ("linkedinEndorse", ["delay", "skillName", "endorseAnyFallback"]),
    ("linkedinWithdrawInvitation", ["delay"]),
    ("sendToAnotherCampaign", ["campaignId"]),
    ("conditional", ["conditionKey", "delayType", "delay"]),
    ("whatsappMessage", ["message", "delay"]),
    ("sms", ["message", "delay"]),
]

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
CONDITION_KEYS = [
    "hasEmailAddress",
    "hasLinkedinUrl",
    "hasPhoneNumber",
    "hasScore",
    "emailsOpened",
    "emailsClicked",
    "emailsUnsubscribed",
    "meetingBooked",
    "linkedinInviteAccepted",
    "linkedinOpened",
    "aircallDone",
    "linkedinNetworkCheck",
    "hasWhatsappAccount",
]
