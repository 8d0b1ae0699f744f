using System.Numerics.Tensors;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Batches, padding, int8 and the tokens that are computed, for every family.</summary>
public class FamilyEncodingTests
{
    // Longer than the windows of local attention and than the distances that have buckets of their own.
    private static readonly (int[] Ids, int PairStart)[] s_rows =
    [
        ([2, 17, 3], 3), ([2, 40, 88, 90, 3, 55, 61, 3], 5), ([2, 3], 2), ([2, .. Enumerable.Range(5, 45), 3], 30),
    ];

    // Their position embeddings count padding. HuggingFace's tokenizers pad them on the right.
    private static readonly string[] s_countingPadding = ["bert", "distilbert", "electra", "albert", "albert-groups"];

    private static readonly int s_length = s_rows.Max(row => row.Ids.Length) + 3;

    public static TheoryData<string, string> ShortcutHeads =>
    [
        .. new[] { HeadKind.SequenceClassification, HeadKind.MaskedLM }
            .SelectMany(head => EveryFamily.With(head).Select(family => (family, $"{head}"))),
    ];

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_row_in_a_batch_is_what_it_is_alone(string family)
    {
        using EncoderSession session = EncoderSession.Acquire(EveryFamily.Checkpoint(family).Load(), new(EncoderOutput.LastHiddenState));
        float[][] together = Run(session, s_rows, s_length, padLeft: false);
        for (int i = 0; i < s_rows.Length; i++)
            AssertClose(Alone(session, i), together[i]);
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_row_padded_on_the_left_is_what_it_is_alone_unless_its_positions_count_padding(string family)
    {
        using EncoderSession session = EncoderSession.Acquire(EveryFamily.Checkpoint(family).Load(), new(EncoderOutput.LastHiddenState));
        float[][] together = Run(session, s_rows, s_length, padLeft: true);
        for (int i = 0; i < s_rows.Length; i++)
        {
            if (s_countingPadding.Contains(family))
                Assert.True(TensorPrimitives.CosineSimilarity(Alone(session, i), together[i]) < 0.9999f);
            else
                AssertClose(Alone(session, i), together[i]);
        }
    }

    /// <summary>By the steps that users put together, with padding on both sides in one view.</summary>
    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Steps_with_padding_give_the_vectors_of_a_step_without(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family).Load();
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(new[] { "good film", "", "i hate this phone so" }.Select(text => new { Text = text }));
        using BertEmbeddingTransformer whole = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model, BertPooling.Mean).Fit(data);
        float[] due = [.. whole.Transform(data).GetColumn<float[]>("Features").SelectMany(row => row)];
        BertPaddingSide[] sides = s_countingPadding.Contains(family) ? [BertPaddingSide.Right] : Enum.GetValues<BertPaddingSide>();
        foreach (BertPaddingSide side in sides)
        {
            using var steps = ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options
            {
                Tokenizer = model.Tokenizer, MaxLength = 24, Padding = BertPadding.MaxLength, PaddingSide = side,
            }).Append(ml.Transforms.Text.ApplyBertEncoder(model: model))
                .Append(ml.Transforms.Text.ApplyBertPooling("Pooled", BertPooling.Mean)).Fit(data);
            AssertClose(due, [.. steps.Transform(data).GetColumn<float[]>("Pooled").SelectMany(row => row)]);
        }
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Int8_gives_the_same_bits_again_and_nearly_the_hidden_states_of_single_precision(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family).Load();
        using EncoderSession single = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderSession quantized = EncoderSession.Acquire(model.Quantize(), new(EncoderOutput.LastHiddenState));
        float[][] due = Run(single, s_rows, s_length, padLeft: false), first = Run(quantized, s_rows, s_length, padLeft: false);
        Run(quantized, s_rows[..2], s_length, padLeft: false);
        Assert.Equal(first, Run(quantized, s_rows, s_length, padLeft: false));
        Assert.All(due.Zip(first), row => Assert.InRange(TensorPrimitives.CosineSimilarity(row.First, row.Second), 0.995f, 0.999999f));
    }

    [Theory, MemberData(nameof(ShortcutHeads))]
    public void A_head_that_reads_some_tokens_gives_the_same_if_all_are_computed(string family, string head)
    {
        BertModel model = EveryFamily.Checkpoint(family, head).Load();
        EncoderOutput output = head == nameof(HeadKind.MaskedLM) ? EncoderOutput.MaskedWordLogits : EncoderOutput.SequenceLogits;
        Compare(model, output, 2e-6f);
        Compare(model, EncoderOutput.FirstHiddenState, 2e-6f);
        // In int8, the numbers of the last layer have a scale of their own.
        Compare(model.Quantize(), output, 0.05f);
    }

    private static void Compare(BertModel model, EncoderOutput output, float tolerance)
    {
        using EncoderSession alone = EncoderSession.Acquire(model, new(output));
        using EncoderSession amongAll = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState, output));
        float[] due = Outputs(amongAll, 1), actual = Outputs(alone, 0);
        Assert.Contains(due, value => Math.Abs(value) > 0.01);
        Assert.Equal(due.Length, actual.Length);
        Assert.All(due.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));

        float[] Outputs(EncoderSession session, int index)
        {
            long[] positions = output.Kind == EncoderOutputKind.MaskedWordLogits ? [1, s_length + 6, 3 * s_length + 40] : [];
            using EncoderBatch batch = session.Rent(s_rows.Length, s_length, positions.Length);
            for (int i = 0; i < s_rows.Length; i++)
                batch.Fill(i, s_rows[i].Ids, s_rows[i].PairStart);
            positions.CopyTo(batch.MaskedPositions);
            batch.Run();
            var values = new List<float>();
            for (int i = 0; i < (positions.Length > 0 ? positions.Length : s_rows.Length); i++)
                values.AddRange(batch.Output(index, i));
            return [.. values];
        }
    }

    private static float[] Alone(EncoderSession session, int row) =>
        Run(session, [s_rows[row]], s_rows[row].Ids.Length, padLeft: false)[0];

    /// <summary>The hidden states of the tokens of each row, without padding.</summary>
    private static float[][] Run(EncoderSession session, (int[] Ids, int PairStart)[] rows, int length, bool padLeft)
    {
        using EncoderBatch batch = session.Rent(rows.Length, length);
        int Start(int i) => padLeft ? length - rows[i].Ids.Length : 0;
        for (int i = 0; i < rows.Length; i++)
        {
            int[] ids = rows[i].Ids;
            for (int token = 0; token < ids.Length; token++)
                batch.InputIds(i)[Start(i) + token] = ids[token];
            batch.AttentionMask(i).Slice(Start(i), ids.Length).Fill(1);
            batch.TokenTypeIds(i).Slice(Start(i) + rows[i].PairStart, ids.Length - rows[i].PairStart).Fill(1);
        }
        batch.Run();
        int width = session.Model.Config.HiddenSize;
        return
        [
            .. rows.Select((row, i) => batch.Output(0, i).Slice(Start(i) * width, row.Ids.Length * width).ToArray()),
        ];
    }

    private static void AssertClose(float[] due, float[] actual) =>
        Assert.All(due.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 5e-6f));
}
