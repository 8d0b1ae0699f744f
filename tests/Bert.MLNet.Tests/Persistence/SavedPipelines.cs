using Bert.MLNet.Models;
using Bert.MLNet.Testing;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>What later versions must load: every step with its options, and what every trainer fits, over tiny checkpoints.</summary>
internal static class SavedPipelines
{
    private const string Long =
        "is the movie good or is it bad , and was the phone on time so that i love it but hate the price of this day";

    private static readonly string[] s_rows =
    [
        "the film is great\tthe movie is good",
        "i hate this [MASK] , and the [MASK] is poor\tno , i love that",
        "\tgood",
        "Café 😀 on time !\tan été , a day with 9 books",
        Long.Replace("price", "[MASK]", StringComparison.Ordinal) + "\tthe very good book",
    ];

    private static readonly string[] s_few = ["the film is great\tgood", "Café 😀 !\ta day"];

    private static readonly string[] s_articles =
    [
        "the film is great . i love the movie ! is the phone bad ? the phone was bad .\tgood . bad . the book", "\tone sentence",
        "it is good\n" + Long + " . an été 😀 。 the very good book ... no\tthe price is poor . the price of this day is so poor !",
    ];

    private static readonly string[] s_questions =
        ["is it good ?\tthe movie was great", "what is the time ?\t" + Long, "\tan été 😀 in time", "why ?\t"];

    private static readonly string[] s_names =
    [
        "the kim vos is good and ulm nyx .\t", "\t", "rho 😀 was  so pax\t",
        string.Join(" of ", Enumerable.Repeat("kim ulm zoe", 5)) + "\t",
    ];

    private static readonly Dictionary<string, (string[] Rows, Func<MLContext, IDataView, ITransformer> Fit)> s_steps =
        new()
        {
            ["tokenizer"] = ([.. s_rows, "日本 \u00e5x\t"], (ml, data) => Chain(Tokenizers(ml)).Fit(data)),
            ["encoder"] = (s_few, (ml, data) => Chain(Encoders(ml)).Fit(data)),
            ["embedding"] = (s_rows, (ml, data) => Chain(Embeddings(ml)).Fit(data)),
            ["compact-embedding"] = (s_rows, (ml, data) => Chain(CompactEmbeddings(ml)).Fit(data)),
            ["classifier"] = (s_rows, (ml, data) => Chain(Classifiers(ml)).Fit(data)),
            ["token-classifier"] =
                ([.. s_rows[2..], "zoe vos unlikely ulm pax qua !\t"], (ml, data) => Chain(TokenClassifiers(ml)).Fit(data)),
            ["question-answering"] =
                (s_questions, (ml, data) => Chain(QuestionAnswering(ml, Small("BertForQuestionAnswering").Load())).Fit(data)),
            ["zero-shot"] = (s_rows, (ml, data) => Chain(ZeroShot(ml)).Fit(data)),
            ["sequence-to-sequence"] = (s_rows, (ml, data) => Chain(SequenceToSequence(ml)).Fit(data)),
            ["extractive-summary"] = (s_articles, (ml, data) => Chain(Summaries(ml)).Fit(data)),
            ["explanation"] = (s_rows, (ml, data) => Chain(Explanations(ml)).Fit(data)),
            ["pretraining-heads"] = (s_rows, (ml, data) => Chain(PretrainingHeads(ml)).Fit(data)),
            ["int8"] = (s_rows, (ml, data) => Chain(Int8(ml)).Fit(data)),
            ["distilbert"] = (s_questions, (ml, data) => Chain(DistilBert(ml)).Fit(data)),
            ["onnx-graph"] = (s_rows, (ml, data) =>
                ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", GraphOf(Small("BertModel").Load()), prompt: "so ").Fit(data)),
            ["trained-text-classification"] = (s_rows, (ml, _) => SavedTrainings.TextClassification(ml)),
            ["trained-few-shot"] = (s_rows, (ml, _) => SavedTrainings.FewShot(ml)),
            ["trained-sentence-similarity"] = (s_rows, (ml, _) => SavedTrainings.SentenceSimilarity(ml)),
            ["trained-named-entities"] = (s_names, (ml, _) => SavedTrainings.NamedEntityRecognition(ml)),
            ["trained-question-answer"] = (s_questions, (ml, _) => SavedTrainings.QuestionAnswer(ml)),
            ["trained-masked-language-model"] = (s_rows, (ml, _) => SavedTrainings.MaskedLanguageModel(ml)),
            ["trained-sequence-to-sequence"] = (s_rows, (ml, _) => SavedWriters.SequenceToSequence(ml)),
            ["trained-extractive-summary"] = (s_articles, (ml, _) => SavedWriters.ExtractiveSummarization(ml)),
        };

    /// <summary>By name: the texts of the rows, and what is fitted.</summary>
    public static IReadOnlyDictionary<string, (string[] Rows, Func<MLContext, IDataView, ITransformer> Fit)> All { get; } =
        new Dictionary<string, (string[] Rows, Func<MLContext, IDataView, ITransformer> Fit)>([.. s_steps, .. SavedFamilies.All]);

    /// <summary>A checkpoint of one narrow layer.</summary>
    public static TinyCheckpoint Small(string architecture, params string[] labels)
    {
        TinyCheckpoint checkpoint = Small(new TinyCheckpoint { Architecture = architecture });
        return labels.Length == 0 ? checkpoint : checkpoint with { Labels = labels };
    }

    /// <summary>The checkpoint with one narrow layer.</summary>
    public static TinyCheckpoint Small(TinyCheckpoint checkpoint) => checkpoint with
    {
        HiddenSize = 8, Heads = 2, Layers = 1, IntermediateSize = 16, MaxPositions = 32, Type = TensorType.F16, Seed = "saved steps",
    };

    public static EstimatorChain<ITransformer> Chain(IEnumerable<IEstimator<ITransformer>> steps) =>
        steps.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step));

    private static IEnumerable<IEstimator<ITransformer>> Tokenizers(MLContext ml)
    {
        BertTokenizer tokenizer = BertTokenizer.Create(TinyCheckpoint.Vocabulary);
        BertTokenizer other = BertTokenizer.Create(TinyCheckpoint.Vocabulary, new BertTokenizerOptions
        {
            DoLowerCase = false, StripAccents = false, TokenizeChineseChars = false, SplitSpecialTokens = true, ModelMaxLength = 14,
            PaddingSide = BertPaddingSide.Left, TruncationSide = BertTruncationSide.Left,
        });
        BertTokenizerEstimator Step(BertTokenizer by, string name, BertTokenizerEstimator.Options options)
        {
            return ml.Transforms.Text.ApplyBertTokenizer(options with
            {
                Tokenizer = by,
                InputIdsColumnName = name + "Ids",
                AttentionMaskColumnName = name + "Mask",
                TokenTypeIdsColumnName = name + "Types",
            });
        }
        yield return ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options { Tokenizer = tokenizer });
        yield return ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options
        {
            Tokenizer = tokenizer,
            InputIdsColumnName = "Bare", AttentionMaskColumnName = null, TokenTypeIdsColumnName = null,
            TokensColumnName = "Tokens", OffsetsColumnName = "Offsets", MaxLength = 12,
        });
        yield return Step(tokenizer, "Pair", new() { PairColumnName = "Sentence2", MaxLength = 12 });
        yield return Step(tokenizer, "First", new()
        {
            PairColumnName = "Sentence2", MaxLength = 24, Truncation = BertTruncation.OnlyFirst,
        });
        yield return Step(tokenizer, "Second", new()
        {
            InputColumnName = "Sentence2", PairColumnName = "Text", MaxLength = 24, Truncation = BertTruncation.OnlySecond,
        });
        yield return Step(tokenizer, "Whole", new() { MaxLength = 4, Truncation = BertTruncation.None });
        yield return Step(tokenizer, "Right", new()
        {
            MaxLength = 10, Padding = BertPadding.MaxLength, TokensColumnName = "RightTokens",
            OffsetsColumnName = "RightOffsets",
        });
        yield return Step(tokenizer, "Left", new()
        {
            PairColumnName = "Sentence2", MaxLength = 16, Padding = BertPadding.MaxLength, PaddingSide = BertPaddingSide.Left,
        });
        yield return Step(other, "Other", new() { Padding = BertPadding.MaxLength, TokensColumnName = "OtherTokens" });
    }

    private static IEnumerable<IEstimator<ITransformer>> Encoders(MLContext ml)
    {
        BertModel model = (Small("BertModel") with { Layers = 2, Type = TensorType.F32 }).Load();
        yield return ml.Transforms.Text.ApplyBertTokenizer("Text", "Sentence2", model: model);
        yield return ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options
        {
            Model = model,
            HiddenStatesLayers = [0, 1, 2], AttentionsLayers = [0, 1],
        });
        yield return ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options
        {
            Model = model,
            AttentionMaskColumnName = null, TokenTypeIdsColumnName = null, LastHiddenStateColumnName = null,
            PoolerOutputColumnName = "", HiddenStatesColumnName = "Middle", HiddenStatesLayers = [1],
            Batching = new BertBatchOptions { WindowSize = 8, TokenBudget = 64, NumberOfThreads = 1 },
        });
        foreach (BertPooling pooling in Enum.GetValues<BertPooling>().Where(pooling => pooling != BertPooling.None))
            yield return ml.Transforms.Text.ApplyBertPooling(new BertPoolingEstimator.Options
            {
                OutputColumnName = $"{pooling}", Pooling = pooling, NumberOfLastLayers = 2,
            });
        yield return ml.Transforms.Text.ApplyBertPooling(new BertPoolingEstimator.Options
        {
            OutputColumnName = "Several", Pooling = BertPooling.Cls | BertPooling.Mean | BertPooling.LastLayersMean,
            NumberOfLastLayers = 3, Normalize = true, AttentionMaskColumnName = null,
        });
        yield return ml.Transforms.Text.ApplyBertPooling(new BertPoolingEstimator.Options
        {
            OutputColumnName = "Weighted", TokenWeights = TokenWeights,
        });
    }

    private static IEnumerable<IEstimator<ITransformer>> Embeddings(MLContext ml)
    {
        BertModel model = Small("BertModel").Load();
        BertModel sentence = model.WithSentence(new BertSentenceOptions
        {
            Normalize = true, TokenWeights = TokenWeights, MaxSequenceLength = 16, IncludePrompt = false, DefaultPromptName = "like",
            Prompts = new Dictionary<string, string> { ["like"] = "the " },
        });
        yield return ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model);
        yield return ml.Transforms.Text.ApplyBertEmbedding("Prompted", "Text", model, BertPooling.Cls, normalize: true, prompt: "what is ");
        yield return ml.Transforms.Text.ApplyBertEmbedding(new BertEmbeddingEstimator.Options
        {
            Model = model,
            OutputColumnName = "Several", InputColumnName = "Sentence2",
            Pooling = BertPooling.Max | BertPooling.Mean | BertPooling.MeanSqrtLength, MaxLength = 6,
            Batching = new BertBatchOptions { WindowSize = 2, TokenBudget = 16, NumberOfThreads = 1 },
        });
        yield return ml.Transforms.Text.ApplyBertEmbedding(new BertEmbeddingEstimator.Options
        {
            Model = model,
            OutputColumnName = "Layers", Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 2,
        });
        yield return ml.Transforms.Text.ApplyBertEmbedding("Sentence", "Text", sentence);
        yield return ml.Transforms.Text.ApplyBertPairEmbedding("Pair", "Sentence1", "Sentence2", model, cosineColumnName: "Cosine");
        yield return ml.Transforms.Text.ApplyBertPairEmbedding(new BertPairEmbeddingEstimator.Options
        {
            Model = sentence,
            OutputColumnName = "Parts", Features = BertPairFeatures.AbsoluteDifference | BertPairFeatures.Product,
            Pooling = BertPooling.Max, Normalize = false, Prompt = "", MaxLength = 8,
        });
    }

    private static IEnumerable<IEstimator<ITransformer>> CompactEmbeddings(MLContext ml)
    {
        BertModel model = Small("BertModel").Load().WithSentence(new BertSentenceOptions { TruncateDimension = 6, Normalize = true });
        foreach (BertVectorPrecision precision in Enum.GetValues<BertVectorPrecision>())
            yield return ml.Transforms.Text.ApplyBertEmbedding(
                new BertEmbeddingEstimator.Options { Model = model, OutputColumnName = $"{precision}", Precision = precision });
    }

    private static IEnumerable<IEstimator<ITransformer>> Classifiers(MLContext ml)
    {
        const string Architecture = "BertForSequenceClassification";
        BertModel three = Small(Architecture).Load(), two = Small(Architecture, "no", "yes").Load();
        BertModel one = Small(Architecture, "relevance").Load();
        BertClassifierEstimator Step(BertModel model, string name, BertClassifierEstimator.Options options)
        {
            return ml.Transforms.Text.ApplyBertClassifier(options with
            {
                Model = model,
                OutputColumnName = name,
                ScoreColumnName = name + "Score",
                TopLabelsColumnName = name + "TopLabels",
                TopScoresColumnName = name + "TopScores",
            });
        }
        yield return Step(three, "Single", new() { LogitsColumnName = "Logits", TopK = 2 });
        yield return Step(three, "Pair", new() { PairColumnName = "Sentence2", MaxLength = 12 });
        yield return Step(three, "Multi", new()
        {
            ProblemType = BertProblemType.MultiLabelClassification, Thresholds = [0.3f, 0.5f, 0.6f], TopK = 3,
        });
        yield return Step(three, "Values", new() { ProblemType = BertProblemType.Regression });
        yield return Step(one, "Value", new() { ProblemType = BertProblemType.Regression });
        yield return Step(one, "Sigmoid", new() { ProbabilityColumnName = "SigmoidProbability" });
        yield return Step(two, "Binary", new() { ProbabilityColumnName = "BinaryProbability", PairColumnName = "Sentence2" });
        yield return ml.Transforms.Text.ApplyBertCrossEncoder("Relevance", "Sentence1", "Sentence2", one);
        yield return ml.Transforms.Text.ApplyBertCrossEncoder(new BertCrossEncoderEstimator.Options
        {
            Model = one,
            OutputColumnName = "Logit", Activation = BertScoreActivation.Identity, MaxLength = 10,
        });
    }

    private static IEnumerable<IEstimator<ITransformer>> TokenClassifiers(MLContext ml)
    {
        BertModel model = Small("BertForTokenClassification", "O", "B-PER", "I-PER", "B-LOC", "I-LOC").Load();
        BertTokenClassifierEstimator Step(string name, BertTokenClassifierEstimator.Options options)
        {
            return ml.Transforms.Text.ApplyBertTokenClassifier(options with
            {
                Model = model,
                OutputColumnName = name,
                TypesColumnName = name + "Types",
                ScoresColumnName = name + "Scores",
                StartsColumnName = name + "Starts",
                EndsColumnName = name + "Ends",
            });
        }
        foreach (BertAggregation aggregation in Enum.GetValues<BertAggregation>())
            yield return Step($"{aggregation}", new() { Aggregation = aggregation });
        yield return Step("Some", new() { Aggregation = BertAggregation.First, IgnoreLabels = ["O", "PER"], MaxLength = 12, Stride = 3 });
        yield return Step("OfWords", new() { WordLabelsColumnName = "WordLabels" });
        yield return ml.Transforms.Text.TokenizeIntoWords("Words", "Text");
        yield return Step("OfVector", new()
        {
            InputColumnName = "Words", WordLabelsColumnName = "VectorLabels", WordScoresColumnName = "VectorScores",
            Aggregation = BertAggregation.Max,
        });
    }

    private static IEnumerable<IEstimator<ITransformer>> QuestionAnswering(MLContext ml, BertModel model)
    {
        BertQuestionAnsweringEstimator Step(string name, BertQuestionAnsweringEstimator.Options options)
        {
            return ml.Transforms.Text.ApplyBertQuestionAnswering(options with
            {
                Model = model,
                QuestionColumnName = "Sentence1",
                ContextColumnName = "Sentence2",
                OutputColumnName = name,
                ScoreColumnName = name + "Score",
                StartColumnName = name + "Start",
                EndColumnName = name + "End",
            });
        }
        yield return Step("Answer", new());
        yield return Step("Several", new() { TopK = 3, MaxAnswerLength = 4, MaxLength = 20, Stride = 5 });
        yield return Step("Perhaps", new() { HandleImpossibleAnswer = true, NoAnswerThreshold = 0.1f, NoAnswerColumnName = "NoAnswer" });
        yield return Step("Often", new() { TopK = 2, HandleImpossibleAnswer = true, NoAnswerThreshold = 0.9f });
    }

    private static IEnumerable<IEstimator<ITransformer>> ZeroShot(MLContext ml)
    {
        BertModel model = Small("RobertaForSequenceClassification", "CONTRADICTION", "NEUTRAL", "ENTAILMENT").Load();
        BertZeroShotClassifierEstimator Step(string name, BertZeroShotClassifierEstimator.Options options)
        {
            return ml.Transforms.Text.ApplyBertZeroShotClassifier(options with
            {
                Model = model,
                OutputColumnName = name,
                ScoreColumnName = name + "Score",
                LabelsColumnName = name + "Labels",
                TopLabelsColumnName = name + "TopLabels",
                TopScoresColumnName = name + "TopScores",
            });
        }
        yield return Step("Topic", new() { CandidateLabels = ["film", "book", "phone"], HypothesisTemplate = "it is a {}", TopK = 2 });
        yield return Step("Tone",
            new() { CandidateLabels = ["good", "bad"], HypothesisTemplate = "so {}", MultiLabel = true, MaxLength = 16 });
        yield return Step("Own", new()
        {
            CandidateLabelsColumnName = "Sentence2", HypothesisTemplate = "a {}", EntailmentLabel = "CONTRADICTION", TopK = 3,
        });
    }

    private static IEnumerable<IEstimator<ITransformer>> SequenceToSequence(MLContext ml)
    {
        BertModel model = Generation.TinySequences.Model;
        yield return ml.Transforms.Text.ApplyBertSequenceToSequence("Written", "Text", model);
        yield return ml.Transforms.Text.ApplyBertSequenceToSequence(new BertSequenceToSequenceEstimator.Options
        {
            Model = model,
            OutputColumnName = "Best", ScoreColumnName = "BestScore", TextsColumnName = "Texts", ScoresColumnName = "Scores",
            MaxLength = 12,
            Generation = new() { NumBeams = 3, NumReturnSequences = 2, MaxLength = 12, LengthPenalty = 1.5, NoRepeatNgramSize = 2 },
        });
    }

    private static IEnumerable<IEstimator<ITransformer>> Summaries(MLContext ml)
    {
        BertModel model = Small("BertModel").Load();
        BertExtractiveSummarizerEstimator Step(string name, BertExtractiveSummarizerEstimator.Options options)
        {
            return ml.Transforms.Text.ApplyBertExtractiveSummarizer(options with
            {
                Model = model,
                OutputColumnName = name,
                IndexesColumnName = name + "Indexes",
                ScoresColumnName = name + "Scores",
                StartsColumnName = name + "Starts",
                EndsColumnName = name + "Ends",
            });
        }
        yield return Step("Best", new());
        yield return Step("Half", new()
        {
            InputColumnName = "Sentence1", Share = 0.5f, Diversity = 0.6f, SimilarityThreshold = 0.4f, Separator = " | ", MaxLength = 8,
        });
        yield return Step("Short", new() { MaximumTokens = 12, MaximumSentences = 4, Pooling = BertPooling.Max, Prompt = "so " });
    }

    private static IEnumerable<IEstimator<ITransformer>> Explanations(MLContext ml)
    {
        BertModel model = Small("BertForSequenceClassification").Load(), vectors = Small("BertModel").Load();
        BertExplanationEstimator Step(BertModel model, string name, BertExplanationEstimator.Options options)
        {
            return ml.Transforms.Text.ApplyBertExplanation(options with
            {
                Model = model,
                OutputColumnName = name,
                WeightsColumnName = name + "Weights",
                StartsColumnName = name + "Starts",
                EndsColumnName = name + "Ends",
                SequenceIdsColumnName = name + "SequenceIds",
                LabelColumnName = name + "Label",
                ScoreColumnName = name + "Score",
            });
        }
        yield return Step(model, "Predicted", new());
        yield return Step(model, "Neutral", new() { Label = "neutral", PairColumnName = "Sentence2", MaxLength = 16 });
        yield return Step(vectors, "Similarity", new()
        {
            InputColumnName = "Sentence1", PairColumnName = "Sentence2", Target = BertExplanationTarget.Similarity,
        });
    }

    private static IEnumerable<IEstimator<ITransformer>> PretrainingHeads(MLContext ml)
    {
        TinyCheckpoint tied = Small("BertForPreTraining");
        BertModel model = (tied with { HasDecoder = true, ExtraConfig = new() { ["tie_word_embeddings"] = false } }).Load();
        yield return ml.Transforms.Text.ApplyBertFillMask("MaskTokens", "Text", model);
        yield return ml.Transforms.Text.ApplyBertFillMask(new BertFillMaskEstimator.Options
        {
            Model = model,
            OutputColumnName = "Targets", ScoresColumnName = "TargetScores", FilledTextsColumnName = "TargetTexts",
            Targets = ["good", "bad", "great", "unlikely"], TopK = 3, MaxLength = 12, Stride = 4,
        });
        yield return ml.Transforms.Text.ApplyBertNextSentence("IsNext", "Sentence1", "Sentence2", model);
        yield return ml.Transforms.Text.ApplyBertNextSentence(new BertClassifierEstimator.Options
        {
            Model = model,
            OutputColumnName = "Next", PairColumnName = "Sentence2", ScoreColumnName = "NextScore",
            LogitsColumnName = "NextLogits", MaxLength = 10,
        });
    }

    // Numbers alone: what is the most probable may hang on the rounding of a processor.
    private static IEnumerable<IEstimator<ITransformer>> Int8(MLContext ml)
    {
        BertModel model = Small("BertForSequenceClassification").Load();
        var values = new BertClassifierEstimator.Options { ProblemType = BertProblemType.Regression };
        yield return ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model.Quantize(), normalize: true);
        yield return ml.Transforms.Text.ApplyBertPairEmbedding(
            "Pair", "Sentence1", "Sentence2", model.Quantize(), BertPairFeatures.Product, "Cosine");
        yield return ml.Transforms.Text.ApplyBertClassifier(
            values with { Model = model.Quantize(new BertQuantizationOptions { ReduceRange = true }) });
        yield return ml.Transforms.Text.ApplyBertClassifier(
            values with { Model = GraphOf(model.Quantize()), ScoreColumnName = "GraphScore" });
    }

    private static IEnumerable<IEstimator<ITransformer>> DistilBert(MLContext ml)
    {
        BertModel model = (Small("DistilBertForQuestionAnswering") with { Type = TensorType.BF16 }).Load();
        return [ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model), .. QuestionAnswering(ml, model)];
    }

    /// <summary>The checkpoint with an ONNX graph in place of its weights.</summary>
    private static BertModel GraphOf(BertModel model)
    {
        using var folder = new TemporaryFolder();
        model.SavePretrained(folder["saved"]);
        File.Delete(folder["saved/model.safetensors"]);
        Directory.CreateDirectory(folder["saved/onnx"]);
        model.SaveOnnx(folder[Path.Combine("saved", model.GraphPath)]);
        return BertModel.FromPretrained(folder["saved"]);
    }

    private static float[] TokenWeights => SeededWeights.Values("weights of tokens", TinyCheckpoint.Vocabulary.Count, std: 0.2, mean: 1);
}
