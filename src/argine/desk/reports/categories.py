"""How the notices and decisions of this desk fall into the categories of the EU's reports (2024/2835)."""

from argine.desk.cases.enums import Ground, Nature

PREFIX = "STATEMENT_CATEGORY_"
CATEGORIES = tuple(
    PREFIX + name
    for name in [
        "ANIMAL_WELFARE",
        "CONSUMER_INFORMATION",
        "CYBER_VIOLENCE",
        "CYBER_VIOLENCE_AGAINST_WOMEN",
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        "ILLEGAL_OR_HARMFUL_SPEECH",
        "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        "NOT_SPECIFIED_NOTICE",
        "OTHER_VIOLATION_TC",
        "PROTECTION_OF_MINORS",
        "RISK_FOR_PUBLIC_SECURITY",
        "SCAMS_AND_FRAUD",
        "SELF_HARM",
        "UNSAFE_AND_PROHIBITED_PRODUCTS",
        "VIOLENCE",
    ]
)
CYBER_VIOLENCE = PREFIX + "CYBER_VIOLENCE"
MINORS = PREFIX + "PROTECTION_OF_MINORS"
TERMS = PREFIX + "OTHER_VIOLATION_TC"

SHARED = "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING"
DEEPFAKE = "KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE"
THREAT = "KEYWORD_CYBER_HARASSMENT"
OTHER = "KEYWORD_OTHER"

# The rows below a category that this desk can fill; its own word for "other" stands beside it.
KEYWORDS = {CYBER_VIOLENCE: (SHARED, DEEPFAKE, THREAT, OTHER)}
WHAT_OTHER_IS = {CYBER_VIOLENCE: "The reporter did not know whether the picture is real"}

Place = tuple[str, str]
"""A category and a keyword in it; the keyword is empty where the category has none here."""

BY_NATURE: dict[str, Place] = {
    Nature.REAL: (CYBER_VIOLENCE, SHARED),
    Nature.ALTERED: (CYBER_VIOLENCE, DEEPFAKE),
    Nature.THREATENED: (CYBER_VIOLENCE, THREAT),
    Nature.UNKNOWN: (CYBER_VIOLENCE, OTHER),
}
BY_GROUND: dict[str, Place] = {
    Ground.INTIMATE_WITHOUT_CONSENT: (CYBER_VIOLENCE, SHARED),
    Ground.DEEPFAKE_WITHOUT_CONSENT: (CYBER_VIOLENCE, DEEPFAKE),
    Ground.TERMS: (TERMS, ""),
}
