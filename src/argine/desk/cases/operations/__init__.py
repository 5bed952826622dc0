"""Everything that changes a case. Each operation is one transaction with its log entries; a refusal changes nothing."""

from argine.desk.cases.operations.actions import record_statement_fetched as record_statement_fetched
from argine.desk.cases.operations.actions import report_action as report_action
from argine.desk.cases.operations.appeals import decide_appeal as decide_appeal
from argine.desk.cases.operations.appeals import file_appeal as file_appeal
from argine.desk.cases.operations.decisions import decide as decide
from argine.desk.cases.operations.mailing import choose_mail as choose_mail
from argine.desk.cases.operations.messages import add_information as add_information
from argine.desk.cases.operations.messages import ask_reporter as ask_reporter
from argine.desk.cases.operations.minors import freeze as freeze
from argine.desk.cases.operations.minors import preserve as preserve
from argine.desk.cases.operations.notices import Submission as Submission
from argine.desk.cases.operations.notices import submit_notice as submit_notice
from argine.desk.cases.operations.notices import withdraw as withdraw
from argine.desk.cases.operations.orders import extend_order as extend_order
from argine.desk.cases.operations.orders import register_order as register_order
from argine.desk.cases.operations.regions import mark_region as mark_region
from argine.desk.cases.operations.supplements import add_to_notice as add_to_notice
from argine.desk.cases.operations.supplements import ask_for_missing as ask_for_missing
from argine.desk.cases.operations.supplements import tell_referral as tell_referral
from argine.desk.cases.operations.votes import claim as claim
from argine.desk.cases.operations.votes import release as release
from argine.desk.cases.operations.votes import vote as vote
from argine.desk.cases.operations.warnings import warn_of_clocks as warn_of_clocks
