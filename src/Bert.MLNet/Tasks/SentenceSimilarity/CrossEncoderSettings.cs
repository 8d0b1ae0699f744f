using System.Text.Json;
using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A cross-encoder's options with everything decided.</summary>
internal sealed record CrossEncoderSettings(PairScoreColumns Columns, BertScoreActivation Activation, int MaxLength)
{
    /// <summary>Options with the checkpoint's own settings where the user left null.</summary>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has several labels, or names an activation that is not supported.</exception>
    public static CrossEncoderSettings Create(BertModel model, BertCrossEncoderEstimator.Options options) => new CrossEncoderSettings(
        new PairScoreColumns(options.OutputColumnName, options.InputColumnName1, options.InputColumnName2),
        options.Activation ?? ActivationOf(model), options.MaxLength ?? model.MaxSequenceLength).Checked(model);

    public void Save(ModelSaveContext ctx)
    {
        Columns.Save(ctx);
        ctx.Writer.Write((byte)Activation);
        ctx.Writer.Write(MaxLength);
    }

    public static CrossEncoderSettings Load(ModelLoadContext ctx, BertModel model) => new CrossEncoderSettings(
        PairScoreColumns.Load(ctx), (BertScoreActivation)ctx.Reader.ReadByte(), ctx.Reader.ReadInt32()).Checked(model);

    /// <summary>What sentence-transformers' <c>CrossEncoder</c> does: the function that the checkpoint's files name, by any of the names that it had; else a sigmoid.</summary>
    private static BertScoreActivation ActivationOf(BertModel model)
    {
        string? name = null;
        if (model.Sentence.Source is { } sentence)
            name = JsonFields.Parse(sentence, "config_sentence_transformers.json").Text("activation_fn");
        if (model.Config.Source is { } source)
        {
            JsonFields config = JsonFields.Parse(source, "config.json");
            if (config.Find("sentence_transformers") is { ValueKind: JsonValueKind.Object } fields)
                name ??= JsonFields.Of(fields, "config.json").Text("activation_fn");
            name ??= config.Text("sbert_ce_default_activation_function");
        }
        return name?[(name.LastIndexOf('.') + 1)..] switch
        {
            null or "Sigmoid" => BertScoreActivation.Sigmoid,
            "Identity" => BertScoreActivation.Identity,
            _ => throw new NotSupportedException($"'{model.Name}' names the activation '{name}', which is not supported. Set {nameof(BertCrossEncoderEstimator.Options.Activation)}, or use another checkpoint."),
        };
    }

    private CrossEncoderSettings Checked(BertModel model)
    {
        if (model.Config.NumLabels != 1)
            throw new NotSupportedException($"'{model.Name}' has {model.Config.NumLabels} labels, and a cross-encoder has one. Use ApplyBertClassifier with a pair column.");
        if (!Enum.IsDefined(Activation))
            throw new ArgumentException($"{nameof(Activation)} is {Activation}; choose one of {string.Join(", ", Enum.GetNames<BertScoreActivation>())}.");
        model.CheckMaxLength(MaxLength, hasPair: true);
        return this;
    }
}
