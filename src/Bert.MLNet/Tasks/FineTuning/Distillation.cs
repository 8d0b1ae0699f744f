using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>Objectives of trainings with a teacher.</summary>
internal static class Distillation
{
    /// <summary>Creates an objective that learns from a teacher, too, if there is one.</summary>
    public static FineTuningObjective<TModule> Objective<TModule>(BertDistillation? options, FineTuningObjective<TModule> labels)
        where TModule : TrainableModule => options is null
        ? labels
        : new DistillationObjective<TModule>(
            labels, $"{options.Teacher.ContentHash} {string.Join(' ', options.TeacherLabels ?? [])}", options.Temperature,
            options.LabelWeight);
}
