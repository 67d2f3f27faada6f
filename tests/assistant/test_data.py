"""Domain, rules and forms fit together, as `rasa data validate` would say; `make train` leaves that out."""

from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.validator import Validator

ROOT = Path(__file__).parents[2]


def test_rasa_finds_nothing_wrong_with_domain_and_rules():
    importer = RasaFileImporter(
        config_file=str(ROOT / "config.yml"),
        domain_path=[str(ROOT / "domain.yml"), str(ROOT / "data" / "responses")],
        training_data_paths=[str(ROOT / "data" / "rules"), str(ROOT / "data" / "responses")],
    )
    validator = Validator.from_importer(importer)
    assert validator.verify_domain_validity()
    assert validator.verify_actions_in_stories_rules()
    assert validator.verify_forms_in_stories_rules()
    assert validator.verify_form_slots()
    assert validator.verify_slot_mappings()
    assert validator.verify_utterances_in_stories()
