using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a token classifier that have something for each word.</summary>
/// <param name="LabelsName">The column of labels.</param>
/// <param name="ScoresName">That of their probabilities.</param>
/// <param name="Labels">What the keys of labels stand for: the model's labels in their order, the last of which may be missing.</param>
/// <param name="LabelCount">How many labels the model has.</param>
/// <param name="Scheme">The scheme in which labels are written; null: as they are predicted.</param>
internal sealed record WordOutputs(string LabelsName, string ScoresName, KeyValues Labels, int LabelCount, TagScheme? Scheme)
{
    private const byte NoScheme = byte.MaxValue;

    public void AddTo(AnswerColumns<EntitiesOfText> answers)
    {
        answers.AddVector(PredictionColumn.Labels(LabelsName, Labels, size: 0), answer => answer.WordLabels.Select(Key));
        answers.AddVector(ScoresName, NumberDataViewType.Single, answer => answer.WordScores.SelectMany(scores => scores), 0, LabelCount);
    }

    public void Save(ModelSaveContext ctx, IHostEnvironment env)
    {
        ctx.SaveNonEmptyString(LabelsName);
        ctx.SaveNonEmptyString(ScoresName);
        ctx.Writer.Write(Scheme is { } scheme ? (byte)scheme : NoScheme);
        Labels.Save(ctx, env);
    }

    public static WordOutputs Load(ModelLoadContext ctx, IHostEnvironment env, int labelCount)
    {
        string labels = ctx.LoadNonEmptyString(), scores = ctx.LoadNonEmptyString();
        byte scheme = ctx.Reader.ReadByte();
        return new WordOutputs(labels, scores, KeyValues.Load(ctx, env, labelCount), labelCount, scheme == NoScheme ? null : (TagScheme)scheme);
    }

    // Keys count from 1; 0 is a missing one.
    private uint Key(int label) => label < Labels.Count ? (uint)label + 1 : 0;
}
