using System.Globalization;
using Bert.MLNet.Tests.Cli;
using Microsoft.ML;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Bert.MLNet.Tests;

/// <summary>
/// What is said, written and compared is the same for every user: sv-SE has another minus (U+2212), tr-TR another i, fa-IR other
/// separators.
/// </summary>
public sealed class InvariantCultureTests
{
    private static readonly string[] s_numbers =
        ["SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double", "Decimal", "Half", "DateTime",
            "DateTimeOffset", "TimeSpan", "Object"];

    private static readonly string[] s_ordering =
        ["OrderBy", "OrderByDescending", "ThenBy", "ThenByDescending", "Order", "OrderDescending", "Min", "Max", "MinBy", "MaxBy"];

    public static TheoryData<string> Cultures => ["sv-SE", "tr-TR", "fa-IR", ""];

    [Theory, MemberData(nameof(Cultures))]
    public void Errors_of_the_library_are_the_same_everywhere(string culture)
    {
        string[] expected = [.. Errors().Select(use => In(CultureInfo.InvariantCulture, () => MessageOf(use)))];
        Assert.Contains(expected, message => message.Contains("LearningRate is -0.5;", StringComparison.Ordinal));
        Assert.Equal(expected, Errors().Select(use => In(Culture(culture), () => MessageOf(use))));
    }

    [Theory, MemberData(nameof(Cultures))]
    public void Files_and_numbers_of_the_library_are_the_same_everywhere(string culture)
    {
        string[] expected = In(CultureInfo.InvariantCulture, Written);
        Assert.Equal(expected, In(Culture(culture), Written));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task Answers_and_errors_of_the_tool_are_the_same_everywhere(string culture)
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint().Write(folder["model"]);
        await File.WriteAllLinesAsync(
            folder["pairs.tsv"], Enumerable.Range(0, 30)
                .Select(i => FormattableString.Invariant($"GOOD film {i}\tbad film\t{i / 10.0 - 1.5}")).Prepend("A\tB\tScore"),
                TestContext.Current.CancellationToken);
        string[][] commands =
        [
            ["info", "--model", model],
            ["tokenize", "--model", model, "--text", "IT IS A GOOD FILM"],
            ["embed", "--model", model, "--text", "IT IS A GOOD FILM"],
            ["similarity", "--model", model, "--text", "good", "--pair", "bad"],
            ["tokenize", "--model", model, "--text", "good", "--max-length", "-3"],
            ["text-classification", "--dataset", folder["pairs.tsv"], "--label-col", "Score", "--text-col", "A", "--split-ratio", "1.5"],
            ["sentence-similarity", "--dataset", folder["pairs.tsv"], "--model", model, "--method", "embed", "--label-col", "Score",
                "--sentence1-col", "A", "--sentence2-col", "B", "--output", folder["out"]],
            ["predict", "--model", folder["out", "SentenceSimilarity.zip"], "--dataset", folder["pairs.tsv"], "--sentence1-col", "A",
                "--sentence2-col", "B"],
            ["info", "--model", folder["nowhere"]],
        ];
        foreach (string[] command in commands)
        {
            ToolRun expected = await RunIn(CultureInfo.InvariantCulture, command), run = await RunIn(Culture(culture), command);
            Assert.Equal(Steady(expected.Output + expected.Error), Steady(run.Output + run.Error));
            Assert.Equal(expected.ExitCode, run.ExitCode);
        }

        // Times differ from run to run.
        static string Steady(string told) =>
            string.Join('\n', told.Split('\n')
                .Where(line => !line.Contains("Seconds", StringComparison.Ordinal) && !line.Contains("rows/s", StringComparison.Ordinal)));

        static async Task<ToolRun> RunIn(CultureInfo culture, string[] command)
        {
            CultureInfo before = CultureInfo.CurrentCulture;
            CultureInfo.CurrentCulture = culture;
            ToolRun run = await ToolRun.Of("", command);
            Assert.Equal(culture, CultureInfo.CurrentCulture);
            CultureInfo.CurrentCulture = before;
            return run;
        }
    }

    /// <summary>No analyzer sees a number that is joined to a string, or texts that LINQ sorts.</summary>
    [Fact]
    public void Nothing_is_formatted_or_sorted_in_the_culture_of_the_thread() => Assert.Equal("", string.Join('\n',
        from module in new[] { typeof(BertModel), typeof(BertEmbeddingGenerator), typeof(Bert.MLNet.Cli.Tool) }.Select(
            type => ModuleDefinition.ReadModule(type.Assembly.Location))
        from type in module.GetTypes()
        from method in type.Methods.Where(method => method.HasBody && method.Name != "PrintMembers") // what a record shows to a debugger
        from instruction in method.Body.Instructions
        where instruction.Operand is MethodReference call && IsOfTheCulture(call, instruction, module)
        select $"{type.FullName}.{method.Name} uses {((MethodReference)instruction.Operand).FullName}"));

    private static bool IsOfTheCulture(MethodReference call, Instruction instruction, ModuleDefinition module)
    {
        string type = call.DeclaringType.Name, name = call.Name;
        bool system = call.DeclaringType.Namespace.StartsWith("System", StringComparison.Ordinal);
        bool isTool = module.Assembly.Name.Name.EndsWith("Cli", StringComparison.Ordinal); // which runs in the invariant culture
        if (!system)
            return false;
        if (name == "ToString" && call.Parameters.Count == 0)
            return s_numbers.Contains(type)
                && type != "Object"
                || type == "Object"
                && instruction.Previous is { OpCode.Code: Code.Constrained, Operand: TypeReference constrained }
                && s_numbers.Contains(constrained.Name);
        if (type == "ArgumentOutOfRangeException") // formats the value when it is asked for its message
            return name == ".ctor" && call.Parameters.Count == 3 || name.StartsWith("ThrowIf", StringComparison.Ordinal);
        if (type == "String" && name is "Concat" or "Join")
            return call is GenericInstanceMethod { GenericArguments: [var item] }
                ? s_numbers.Contains(item.Name)
                : call.Parameters.Any(parameter => parameter.ParameterType.FullName is "System.Object" or "System.Object[]");
        if (type == "DefaultInterpolatedStringHandler" && name == ".ctor" && call.Parameters.Count == 2)
            return !isTool && call.DeclaringType.Scope != module;
        if (type == "StringBuilder" && name == "Append")
            return s_numbers.Contains(call.Parameters[0].ParameterType.Name);
        if (type == "Enumerable"
            && s_ordering.Contains(name)
            && call is GenericInstanceMethod generic
            && generic.GenericArguments[^1].FullName == "System.String")
        {
            if (name is "Min" or "Max" && call.Parameters.Count == 2 && generic.GenericArguments.Count == 1)
                return false; // numbers of texts
            return call.Parameters.All(parameter => !parameter.ParameterType.Name.StartsWith("IComparer", StringComparison.Ordinal));
        }
        bool sortsText = call.DeclaringType is GenericInstanceType { GenericArguments: [{ FullName: "System.String" }, ..] };
        return sortsText && (type is "SortedDictionary`2" or "SortedSet`1" or "SortedList`2"
            && name == ".ctor"
            || type == "List`1"
            && name == "Sort")
            && call.Parameters.All(parameter => !parameter.ParameterType.Name.StartsWith("IComparer", StringComparison.Ordinal));
    }

    private static IEnumerable<Action> Errors()
    {
        var ml = new MLContext();
        BertModel model = s_model.Value;
        TextClassificationTrainer.Options[] wrong =
        [
            new() { LearningRate = -0.5 }, new() { WarmupRatio = -0.25 }, new() { WeightDecay = -1.5 }, new() { MaxGradNorm = -0.5 },
            new() { Dropout = 1.5 }, new() { LayerwiseLearningRateDecay = -0.5 }, new() { LoraAlpha = -2.5 }, new() { LoraRank = -1 },
            new() { ValidationFraction = 1.5 }, new() { BatchSize = -3 }, new() { MaxEpochs = -1 }, new() { FrozenLayers = -2 },
            new() { NumberOfThreads = -4 }, new() { LabelSmoothing = -0.5 }, new() { MaxLength = -7 },
            new() { LearningRateSchedule = (BertLearningRateSchedule)(-1) }, new() { Batching = new() { WindowSize = -1 } },
        ];
        foreach (TextClassificationTrainer.Options options in wrong)
            yield return () => ml.MulticlassClassification.Trainers.TextClassification(options with { Model = model });
        IDataView data = ml.Data.LoadFromEnumerable([new EveryTransformer.Row()]);
        yield return () => ml.Transforms.Text.ApplyBertEmbedding(new BertEmbeddingEstimator.Options { Model = model, MaxLength = -3 })
            .Fit(data);
        yield return () =>
            ml.Transforms.Text.ApplyBertEmbedding(
                new BertEmbeddingEstimator.Options
                {
                    Model = model,
                    Pooling = BertPooling.LastLayersMean,
                    NumberOfLastLayers = -2,
                }).Fit(data);
        yield return () => ml.Transforms.Text.ApplyBertPooling(new BertPoolingEstimator.Options { TokenWeights = [-0.5f] });
        yield return () =>
            ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options { Model = model, HiddenStatesLayers = [-1] });
        yield return () => ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options { Model = model, MaxLength = -1 });
        yield return () => ml.MulticlassClassification.EvaluateMaskedLanguageModel(data, model: model, mlmProbability: -0.5);
        yield return () => BertAttention.Compute(model, "good")[-1, 0, 0, 0].ToString(CultureInfo.InvariantCulture);
        yield return () => BertVocabulary.Train(["good"], size: -5);
        yield return () => SmoothInverseFrequency.Weights(model.Tokenizer, ["good"], -0.5);
        yield return () =>
            model.Tokenizer.Encode("good", options: new BertEncodeOptions { MaxLength = -2, Truncation = BertTruncation.LongestFirst });
        foreach (string field in (
            string[])["\"hidden_size\":-32", "\"num_hidden_layers\":-1", "\"layer_norm_eps\":-0.5", "\"hidden_dropout_prob\":-1.5",
            "\"vocab_size\":1.5", "\"id2label\":{\"-1\":\"a\"}"])
            yield return () => BertConfig.Parse($$"""{"model_type":"bert",{{field}}}""");
    }

    private static string[] Written()
    {
        BertModel model = s_model.Value;
        BertConfig config = model.Config with { LayerNormEps = 1.5e-7, HiddenDropoutProb = 0.25 };
        using var folder = new TemporaryFolder();
        model.SavePretrained(folder["saved"]);
        model.WithSentence(model.Sentence with { TokenWeights = [.. Enumerable.Repeat(0.25f, TinyCheckpoint.Vocabulary.Count)] })
            .SavePretrained(folder["weighted"]);
        var files = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).OrderBy(path => path, StringComparer.Ordinal)
            .Select(path => Path.GetFileName(path) + Convert.ToHexString(File.ReadAllBytes(path)));
        BertAttention attention = BertAttention.Compute(model, "IT IS A GOOD FILM");
        return [config.ToJson(), attention.ToHtml(), attention.ToSvg(), string.Join(' ', attention.Tokens),
            string.Join('\n', BertVocabulary.Train(["IT IS A GOOD FILM", "it is Istanbul"], size: 60).Ids.OrderBy(id => id.Value)
            .Select(id => id.Key)), .. files];
    }

    private static readonly Lazy<BertModel> s_model = new(() => new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load());

    /// <summary>
    /// A culture; "": one that differs from the invariant in all that numbers have, also where a system knows no cultures.
    /// </summary>
    private static CultureInfo Culture(string name)
    {
        if (name.Length > 0)
            return CultureInfo.GetCultureInfo(name);
        var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (strange.NumberFormat.NegativeSign, strange.NumberFormat.NumberDecimalSeparator, strange.NumberFormat.PercentDecimalSeparator,
            strange.NumberFormat.NaNSymbol) = ("\u2212", "\u066B", "\u066B", "keine Zahl");
        return strange;
    }

    private static T In<T>(CultureInfo culture, Func<T> use)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return use();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string MessageOf(Action use)
    {
        Exception? error = Record.Exception(use);
        Assert.NotNull(error);
        Assert.IsNotType<NullReferenceException>(error);
        return error.Message;
    }
}
