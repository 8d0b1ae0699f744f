using Bert.MLNet.Samples;

namespace Bert.MLNet.Tests.Samples;

public sealed class StepByStepSampleTests
{
    [Fact]
    public void Three_steps_give_the_mean_of_the_hidden_states_as_one_step_does()
    {
        StepByStepSample.Output output = StepByStepSample.Compute(new TinyCheckpoint().Load(), "A good day!");
        Assert.Equal(["[CLS]", "a", "good", "day", "!", "[SEP]"], output.Tokens);
        Assert.Equal(output.Tokens, output.InputIds.Select(id => TinyCheckpoint.Vocabulary[(int)id]));

        int size = output.Vector.Length;
        Assert.Equal(output.Tokens.Length * size, output.LastHiddenState.Length);
        for (int k = 0; k < size; k++)
        {
            float mean = Enumerable.Range(0, output.Tokens.Length).Average(token => output.LastHiddenState[token * size + k]);
            Assert.Equal(mean, output.Vector[k], 1e-5f);
            Assert.Equal(mean, output.InOneStep[k], 1e-5f);
        }
    }

    [Fact]
    public void Both_ways_weigh_tokens_as_the_checkpoint_says()
    {
        BertModel model = new TinyCheckpoint().Load();
        float[] weights = [.. Enumerable.Range(0, TinyCheckpoint.Vocabulary.Count).Select(id => 1f / (1 + id))];
        StepByStepSample.Output plain = StepByStepSample.Compute(model, "A good day!");
        StepByStepSample.Output output =
            StepByStepSample.Compute(model.WithSentence(model.Sentence with { TokenWeights = weights }), "A good day!");
        for (int k = 0; k < output.Vector.Length; k++)
        {
            double sum = output.InputIds.Select((id, token) => weights[id] * output.LastHiddenState[token * output.Vector.Length + k])
                .Sum();
            Assert.Equal(sum / output.InputIds.Sum(id => weights[id]), output.Vector[k], 1e-5);
            Assert.Equal(output.Vector[k], output.InOneStep[k], 1e-5f);
        }
        Assert.True(plain.Vector.Zip(output.Vector, (a, b) => Math.Abs(a - b)).Max() > 0.01f);
    }
}
