"""What predictions look like to programs."""

from __future__ import annotations

from rest_framework import serializers


class ReasonSerializer(serializers.Serializer):
    column = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class ContributionSerializer(serializers.Serializer):
    """What an answer has more than if this one value were as usual in training."""

    column = serializers.CharField()
    value = serializers.JSONField()
    usual = serializers.JSONField()
    adds = serializers.FloatField(
        help_text="To the probability of the class predicted, or to the number."
    )


class PredictedRowSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="Place in what was sent, from 0.")
    prediction = serializers.JSONField()
    probabilities = serializers.DictField(
        child=serializers.FloatField(), required=False
    )
    warnings = ReasonSerializer(
        many=True, required=False, help_text="What is unusual about the row."
    )
    record = serializers.IntegerField(
        required=False, help_text="Where it was kept with `?store=1`."
    )
    contributions = ContributionSerializer(
        many=True, required=False, help_text="With `?explain=1`, the greatest first."
    )


class QuarantinedRowSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    reasons = ReasonSerializer(many=True)


class FollowedDecisionSerializer(serializers.Serializer):
    """From which probability on a class is answered instead of the other."""

    label = serializers.JSONField()
    threshold = serializers.FloatField()


class PredictionsSerializer(serializers.Serializer):
    """Each row is answered, or quarantined with its reasons.

    `decision` is there where a threshold was decided on.
    """

    decision = FollowedDecisionSerializer(required=False)
    predictions = PredictedRowSerializer(many=True)
    quarantined = QuarantinedRowSerializer(many=True)
    notices = serializers.ListField(child=serializers.CharField())


class AnswerSerializer(PredictionsSerializer):
    """What the version of a model in service answered."""

    model = serializers.CharField()
    version = serializers.CharField()


class ExperimentAnswerSerializer(PredictionsSerializer):
    """What the latest completed session of an experiment answered."""

    experiment = serializers.IntegerField()
    session = serializers.IntegerField()
